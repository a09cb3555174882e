namespace Causeway.Signalling.Relays;

/// <summary>
/// <c>/healthz/relays</c>: whether media of somebody who comes now would be relayed, as far as this node can know: 200, or 503 with the reason. It says how
/// many, never where.
/// </summary>
internal static class RelayHealth
{
    /// <summary>Maps the address.</summary>
    public static void MapRelayHealth(this IEndpointRouteBuilder app)
    {
        var embedded = app.ServiceProvider.GetService<EmbeddedRelay>();
        app.MapGet("/healthz/relays", async (HttpContext context, RelayRegistry registry) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return registry.IsOn ? OfHeartbeats(registry.View())
                : embedded is not null ? await OfEmbeddedAsync(embedded, context.RequestAborted)
                : Results.Json(new { status = "not watched", source = "settings", reason = "no heartbeats are taken, so nothing is known of the relays of the settings" });
        });
    }

    private static IResult OfHeartbeats(RelayView view)
    {
        var status = view switch
        {
            { Usable.Count: > 0 } => "ok",
            { Known: 0 } => "no relay sends heartbeats",
            { Filled.Count: > 0 } => "every relay that could be handed out is full; calls go on there, and who comes now may not be relayed: add relays, ports or memory, or raise relay.quotas.allocations",
            { Ready: 0 } => "no relay is ready",
            { AdmissionKnown: false } => "no relay of this host's generation is ready, and no other was admitted since the start",
            _ => "no relay that is ready is admitted",
        };
        return Answer(status, "heartbeats", new { known = view.Known, ready = view.Ready, full = view.Full, draining = view.Draining, usable = view.Usable.Count });
    }

    private static async Task<IResult> OfEmbeddedAsync(EmbeddedRelay embedded, CancellationToken gone)
    {
        if (embedded.Host is not { IsDraining: false } relay) return Answer("the relay in this process is stopping", "embedded", null);
        if (relay.IsFull) return Answer("the relay in this process is full; calls go on, and who comes now may not be relayed: raise relay.quotas.allocations or widen relay.ports", "embedded", new { known = 1, ready = 0, full = 1 });
        var failed = (await relay.ProbeAsync(gone)).Count(result => !result.IsRelayed);
        return Answer(failed == 0 ? "ok" : "the relay in this process does not relay over each of its listeners; its log says why", "embedded", new { known = 1, ready = failed == 0 ? 1 : 0 });
    }

    private static IResult Answer(string status, string source, object? relays) => Results.Json(
        new { status, source, relays }, statusCode: status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
