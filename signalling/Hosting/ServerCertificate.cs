using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// The certificate that new connections are shown. It is asked for at each handshake, so that another one can take its place while connections
/// made with the earlier one live on.
/// </summary>
internal sealed class ServerCertificate
{
    private readonly SslStreamCertificateContext _current;

    private ServerCertificate(SslStreamCertificateContext current) => _current = current;

    /// <summary>What Kestrel asks at each handshake.</summary>
    public TlsHandshakeCallbackOptions Handshake => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = _current }),
    };

    /// <summary>Reads a certificate with its chain, and its key.</summary>
    /// <exception cref="StartException">A file cannot be read, or key and certificate do not belong together.</exception>
    public static ServerCertificate Load(string certificateFile, string keyFile)
    {
        try
        {
            return new(Read(certificateFile, keyFile));
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartException($"signalling.certificateFile: {certificateFile} with key {keyFile} cannot be used: {bad.Message}");
        }
    }

    private static SslStreamCertificateContext Read(string certificateFile, string keyFile)
    {
        var leaf = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        // Offline: what the chain needs stands in the file, and a start must not wait for somebody else's server.
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }
}
