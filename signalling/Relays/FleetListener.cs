using Causeway.Signalling.Diagnostics;
using Causeway.Turn.Fleet;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Causeway.Signalling.Relays;

/// <summary>The loopback listener that takes heartbeats and serves nothing else.</summary>
internal sealed class FleetListener
{
    private static readonly FleetListener Mark = new();

    private FleetListener()
    {
    }

    /// <summary>Marks the connections of this listener.</summary>
    public static void AddTo(ListenOptions endpoint) => endpoint.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    /// <summary>Whether a request came through this listener.</summary>
    public static bool IsOf(HttpContext context) => context.Features.Get<FleetListener>() is not null;

    /// <summary>Hides everything but heartbeats from this listener.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsOf(context) || context.Request.Path == Heartbeat.Path) return next(context);
        context.Response.Headers.CacheControl = "no-store";
        return TextAnswer.WriteAsync(
            context, StatusCodes.Status404NotFound, $"404: this listener takes heartbeats at {Heartbeat.Path} and nothing else");
    }
}
