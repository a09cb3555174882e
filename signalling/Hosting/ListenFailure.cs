using System.Net;
using System.Net.Sockets;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Engines;

namespace Causeway.Signalling.Hosting;

/// <summary>Explains why Kestrel or the embedded relay cannot listen.</summary>
internal static class ListenFailure
{
    /// <summary>Gets the explanation; null for another kind of failure.</summary>
    public static StartException? Explain(Exception failure, SignallingOptions options)
    {
        if (failure is ListenException) return new(failure.Message);
        var causes = new List<Exception>();
        for (var cause = failure; cause is not null; cause = cause.InnerException) causes.Add(cause);
        if (causes.OfType<EndpointInUseException>().FirstOrDefault() is { } taken)
        {
            var (setting, url) = SettingOf(taken.Endpoint, options);
            return new($"{setting}: {url} is in use by another program; stop it, or listen on another port");
        }

        return causes.OfType<SocketException>().FirstOrDefault()?.SocketErrorCode switch
        {
            SocketError.AccessDenied =>
                new("signalling.listen: this user may not listen on that port; use a port from 1024 up, or grant the service "
                    + "CAP_NET_BIND_SERVICE"),
            SocketError.AddressNotAvailable =>
                new("signalling.listen: this machine does not have that address; listen on one that it has, or on *"),
            _ => null,
        };
    }

    private static (string Setting, string Url) SettingOf(IPEndPoint endpoint, SignallingOptions options)
    {
        if (options.Relays.HeartbeatListen is { } heartbeats && ListenUrl.Parse(heartbeats).Uses(endpoint))
            return ("signalling.relays.heartbeatListen", heartbeats);
        var listen = ListenUrl.Of(options).FirstOrDefault(url => ListenUrl.Parse(url).Uses(endpoint));
        return ("signalling.listen", listen ?? endpoint.ToString());
    }
}
