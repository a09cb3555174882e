using Causeway.Signalling.Hosting;
using Causeway.Turn.Fleet;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Causeway.Signalling.Relays;

/// <summary>The listener on loopback that takes heartbeats and serves nothing else.</summary>
internal static class FleetListener
{
    /// <summary>Marks the connections of this listener.</summary>
    public static void Mark(ListenOptions endpoint) => endpoint.Use(next => connection =>
    {
        connection.Features.Set(Marker.Instance);
        return next(connection);
    });

    /// <summary>Whether a request came in by it.</summary>
    public static bool IsOf(HttpContext context) => context.Features.Get<Marker>() is not null;

    /// <summary>Hides everything else from it.</summary>
    public static void UseFleetListener(this WebApplication app) => app.Use((context, next) =>
    {
        if (!IsOf(context) || context.Request.Path == Heartbeat.Path) return next(context);
        return NotFound.AnswerAsync(context, $"this listener takes heartbeats at {Heartbeat.Path} and nothing else");
    });

    private sealed class Marker
    {
        public static readonly Marker Instance = new();
    }
}
