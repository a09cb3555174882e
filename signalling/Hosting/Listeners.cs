using Causeway.Signalling.Clients;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>Configures Kestrel's listeners and limits from the settings.</summary>
internal static class Listeners
{
    // How long a client may take for the headers of a request.
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    // What Kestrel buffers for one connection in each direction. Its defaults, 1 MiB in and 64 KiB out, are meant for bodies.
    private const int RequestBuffer = 64 * 1024;
    private const int ResponseBuffer = 16 * 1024;

    /// <summary>Adds the listeners of the settings.</summary>
    public static void AddListeners(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IConnectionListenerFactory, ListenerFactory>();
        builder.Services.AddSingleton<ListenerCertificate>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // The first to use the options: the builder creates the server, long before the host would validate them.
            kestrel.ApplicationServices.ValidateSettings();
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<SignallingOptions>>().Value;
            SetLimits(kestrel, options.Limits);
            var certificate = kestrel.ApplicationServices.GetRequiredService<ListenerCertificate>();
            foreach (var url in ListenUrl.Of(options))
            {
                var listener = ListenUrl.Parse(url);
                listener.AddTo(kestrel, endpoint =>
                {
                    ConnectionGate.AddTo(endpoint);
                    if (listener.Secure) endpoint.UseHttps(certificate.Handshake);
                });
            }

            // After the others: the service's first address is one of those.
            if (options.Relays.HeartbeatListen is { } heartbeats) ListenUrl.Parse(heartbeats).AddTo(kestrel, FleetListener.AddTo);
        });
    }

    private static void SetLimits(KestrelServerOptions kestrel, SignallingLimitOptions limits)
    {
        kestrel.AddServerHeader = false;
        // No endpoint takes a body except the fleet's, which raises the limit; WebSocket messages have their own.
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestBufferSize = RequestBuffer;
        kestrel.Limits.MaxResponseBufferSize = ResponseBuffer;
        kestrel.Limits.Http2.InitialStreamWindowSize = RequestBuffer;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * RequestBuffer;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTimeout;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        // The gate closes connections before this is reached; closing may take a moment.
        kestrel.Limits.MaxConcurrentConnections = limits.Sessions + 2L * limits.IdleConnections;
    }
}
