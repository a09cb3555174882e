using System.Net;
using Causeway.Signalling.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Causeway.Signalling.Clients;

/// <summary>Counts each connection of a listener in <see cref="IdleConnections"/>, from before its TLS handshake to its end.</summary>
internal sealed class ConnectionGate(IdleConnections idle, Proxies proxies, SignallingMetrics metrics)
{
    /// <summary>Counts the connections of a listener.</summary>
    public static void AddTo(ListenOptions endpoint)
    {
        var gate = endpoint.ApplicationServices.GetRequiredService<ConnectionGate>();
        endpoint.Use(next => connection => gate.ServeAsync(connection, next));
    }

    /// <summary>Records each request on its connection.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var connection = Of(context);
        connection?.BeginRequest();
        try
        {
            await next(context);
        }
        finally
        {
            connection?.EndRequest();
        }
    }

    /// <summary>Gets the connection of a request; null for a listener that does not count.</summary>
    public static IdleConnections.Entry? Of(HttpContext context) => context.Features.Get<IdleConnections.Entry>();

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var from = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        using var entry = idle.Enter(from, proxies.Contains(from), () =>
        {
            metrics.ConnectionGaveWay();
            connection.Abort(new ConnectionAbortedException("The connection had no session, and there were too many such connections."));
        });
        connection.Features.Set(entry);
        await next(connection);
    }
}
