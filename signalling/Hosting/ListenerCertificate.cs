using System.Net.Security;
using Causeway.Relay.Certificates;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>The certificate of the https listeners. Its files are watched: a renewed one is used from the next handshake.</summary>
internal sealed class ListenerCertificate
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly CertificateStore? _store;

    /// <exception cref="StartException">The files cannot be used.</exception>
    public ListenerCertificate(IOptions<SignallingOptions> settings, TimeProvider time, ILogger<ListenerCertificate> log)
    {
        var options = settings.Value;
        if (options.CertificateFile is null) return;
        var mistakes = new List<string>();
        _store = CertificateStore.Load(SignallingOptions.Section, options.CertificateFile, options.CertificateKeyFile!, mistakes);
        if (mistakes.Count > 0) throw new StartException(mistakes);
        _store!.Start(log, time);
    }

    /// <summary>Gets Kestrel's options for TLS handshakes.</summary>
    public TlsHandshakeCallbackOptions Handshake => new()
    {
        HandshakeTimeout = HandshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = _store!.Current }),
    };
}
