using System.Net;
using System.Net.Security;
using Causeway.Relay.Certificates;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Causeway.Signalling.Hosting;

/// <summary>Has Kestrel listen where the settings say.</summary>
internal static class Listeners
{
    // How long a client may take for the bytes that begin a connection, and a request.
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    // What Kestrel keeps of one connection in each direction. Its defaults, 1 MiB in and 64 KiB out, are meant for bodies.
    private const int RequestBuffer = 64 * 1024;
    private const int ResponseBuffer = 16 * 1024;

    /// <summary>Adds the listeners; every URL was validated.</summary>
    public static void AddListeners(this WebApplicationBuilder builder, SignallingOptions options)
    {
        var mistakes = new List<string>();
        var certificate = options.CertificateFile is null ? null : CertificateStore.Load(SignallingOptions.Section, options.CertificateFile, options.CertificateKeyFile!, mistakes);
        if (mistakes.Count > 0) throw new StartException(mistakes);

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            certificate?.Start(
                kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Causeway.Signalling"), kestrel.ApplicationServices.GetRequiredService<TimeProvider>());
            kestrel.AddServerHeader = false;
            // Nothing takes a body: the WebSocket's messages are bounded on their own.
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestBufferSize = RequestBuffer;
            kestrel.Limits.MaxResponseBufferSize = ResponseBuffer;
            kestrel.Limits.Http2.InitialStreamWindowSize = RequestBuffer;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * RequestBuffer;
            kestrel.Limits.KeepAliveTimeout = options.Limits.IdleTimeout;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
            // The gate makes room before this is reached; what it closed may take a moment to be gone.
            kestrel.Limits.MaxConcurrentConnections = options.Limits.Sessions + 2L * options.Limits.IdleConnections;
            foreach (var url in options.Listen is [] ? [SignallingOptions.DefaultListen] : options.Listen)
            {
                _ = TryParse(url, out var listener, out _);
                Listen(kestrel, listener!, endpoint =>
                {
                    ConnectionGate.Add(endpoint);
                    if (listener!.Secure) endpoint.UseHttps(Handshake(certificate!));
                });
            }

            // After the others: who asks for the service's address wants one of those.
            if (options.Relays.HeartbeatListen is { } heartbeats && TryParse(heartbeats, out var loopback, out _)) Listen(kestrel, loopback!, FleetListener.Mark);
        });
    }

    // Asked at each handshake, so that a renewed certificate is shown while connections made with the earlier one live on.
    private static TlsHandshakeCallbackOptions Handshake(CertificateStore certificate) => new()
    {
        HandshakeTimeout = HandshakeTimeout,
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current }),
    };

    /// <summary>Reads a URL to listen on.</summary>
    /// <param name="url">As <c>https://*:443</c>.</param>
    /// <param name="listener">Where to listen.</param>
    /// <param name="fault">What is wrong with the URL.</param>
    public static bool TryParse(string url, out Listener? listener, out string? fault)
    {
        (listener, fault) = (null, null);
        // A star is no host to Uri.
        if (!Uri.TryCreate(url.Replace("://*", "://[::]", StringComparison.Ordinal), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            fault = $"'{url}' is no URL to listen on; write http://127.0.0.1:8080 or https://*:443";
        else if (uri.PathAndQuery is not ("/" or ""))
            fault = $"'{url}' has a path; listen on a host and a port only";
        else if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && uri.Host != "localhost")
            fault = $"'{url}' names a host; listen on an IP address, localhost or *";
        else
            listener = new(uri.Scheme == "https", url.Contains("://*", StringComparison.Ordinal), address, uri.Port);
        return listener is not null;
    }

    private static void Listen(KestrelServerOptions kestrel, Listener listener, Action<ListenOptions> configure)
    {
        if (listener.Any) kestrel.ListenAnyIP(listener.Port, configure);
        else if (listener.Address is null) kestrel.ListenLocalhost(listener.Port, configure);
        else kestrel.Listen(listener.Address, listener.Port, configure);
    }

    /// <summary>One place to listen.</summary>
    /// <param name="Secure">Whether TLS is spoken.</param>
    /// <param name="Any">Whether every address is meant, IPv4 and IPv6.</param>
    /// <param name="Address">The address; null for localhost in both families.</param>
    /// <param name="Port">The port; 0 lets the system choose.</param>
    public sealed record Listener(bool Secure, bool Any, IPAddress? Address, int Port);
}
