using System.Net;
using Causeway.Signalling.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Causeway.Signalling.Clients;

/// <summary>Has each connection of a listener counted by <see cref="IdleConnections"/>, from before its TLS handshake to its end.</summary>
/// <param name="idle">The connections without a session.</param>
/// <param name="proxies">The proxies of the settings.</param>
/// <param name="metrics">Counts those that had to go.</param>
internal sealed class ConnectionGate(IdleConnections idle, Proxies proxies, SignallingMetrics metrics)
{
    /// <summary>Counts the connections of a listener.</summary>
    public static void Add(ListenOptions endpoint)
    {
        // Made when the server starts to listen: the services are not there before.
        var gate = new Lazy<ConnectionGate>(endpoint.ApplicationServices.GetRequiredService<ConnectionGate>);
        endpoint.Use(next => connection => gate.Value.ServeAsync(connection, next));
    }

    /// <summary>Tells of the requests on each connection.</summary>
    public static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        var connection = Of(context);
        connection?.RequestBegan();
        try
        {
            await next(context);
        }
        finally
        {
            connection?.RequestEnded();
        }
    });

    /// <summary>The connection that a request came over; null for a listener that does not count.</summary>
    public static IdleConnections.Entry? Of(HttpContext context) => context.Features.Get<IdleConnections.Entry>();

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var from = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        using var entry = idle.Enter(from, proxies.Contains(from), () =>
        {
            metrics.ConnectionGaveWay();
            connection.Abort(new ConnectionAbortedException("the connection had no session, and there were too many of its kind"));
        });
        connection.Features.Set(entry);
        await next(connection);
    }
}
