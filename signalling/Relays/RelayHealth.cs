namespace Causeway.Signalling.Relays;

/// <summary>
/// <c>/healthz/relays</c>: whether a new client's media would be relayed, as far as this node knows: 200, or 503 with the reason. It tells
/// how many relays there are, never where.
/// </summary>
internal static class RelayHealth
{
    private const string NotWatched = "this server takes no heartbeats, so the state of the relays in the settings is unknown";
    private const string AllFull =
        "every usable relay is full; calls continue, but new clients may not be relayed: add relays, ports or memory, or raise "
        + "relay.quotas.allocations";
    private const string EmbeddedFull =
        "the relay in this process is full; calls continue, but new clients may not be relayed: raise relay.quotas.allocations or "
        + "widen relay.ports";
    private const string EmbeddedFails = "the relay in this process does not relay over each of its listeners; its log says why";

    /// <summary>Maps the path.</summary>
    public static void MapRelayHealth(this IEndpointRouteBuilder app)
    {
        var embedded = app.ServiceProvider.GetService<EmbeddedRelay>();
        app.MapGet("/healthz/relays", async (HttpContext context, RelayRegistry registry) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return registry.IsOn ? OfHeartbeats(registry.View())
                : embedded is not null ? await OfEmbeddedAsync(embedded, context.RequestAborted)
                : Results.Json(new { status = "not watched", source = "settings", reason = NotWatched });
        });
    }

    private static IResult OfHeartbeats(RelayView view)
    {
        var status = view switch
        {
            { Usable.Count: > 0 } => "ok",
            { Known: 0 } => "no relay sends heartbeats",
            { Filled.Count: > 0 } => AllFull,
            { Ready: 0 } => "no relay is ready",
            { AdmissionKnown: false } => "no relay of this host's generation is ready, and no other has been admitted since the start",
            _ => "no ready relay is admitted",
        };
        return Answer(
            status, "heartbeats",
            new { known = view.Known, ready = view.Ready, full = view.Full, draining = view.Draining, usable = view.Usable.Count });
    }

    private static async Task<IResult> OfEmbeddedAsync(EmbeddedRelay embedded, CancellationToken aborted)
    {
        if (embedded.Host is not { IsDraining: false } relay) return Answer("the relay in this process is stopping", "embedded", null);
        if (relay.IsFull) return Answer(EmbeddedFull, "embedded", new { known = 1, ready = 0, full = 1 });
        var failed = (await relay.ProbeAsync(aborted)).Count(result => !result.IsRelayed);
        return Answer(failed == 0 ? "ok" : EmbeddedFails, "embedded", new { known = 1, ready = failed == 0 ? 1 : 0 });
    }

    private static IResult Answer(string status, string source, object? relays) => Results.Json(
        new { status, source, relays }, statusCode: status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
