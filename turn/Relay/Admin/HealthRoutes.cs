using Causeway.Relay.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Causeway.Relay.Admin;

/// <summary>Health and metrics, as plain text. Nothing in it identifies a user.</summary>
internal static class HealthRoutes
{
    public static void MapHealth(this IEndpointRouteBuilder routes, IRelayAdmin relay)
    {
        var open = routes.MapGroup("").ExcludeFromDescription();
        open.MapGet("/healthz", () => Results.Text("ok\n"));
        open.MapGet("/readyz", (CancellationToken aborted) => ReadyAsync(relay, aborted));
        open.MapGet("/metrics", () => Results.Text(PrometheusText.Render(relay.Metrics.All), PrometheusText.ContentType));
    }

    private static async Task<IResult> ReadyAsync(IRelayAdmin relay, CancellationToken aborted)
    {
        if (relay.IsDraining) return Results.Text("draining\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        // It relays for current clients; there is no capacity left for a probe.
        if (relay is { IsFull: true, Capacity: var capacity })
            return Results.Text($"full: {capacity.Taken} of {capacity.Total} relayed addresses are in use\n");

        var results = await relay.ProbeAsync(aborted);
        return Results.Text(
            string.Concat(results.Select(result => $"{result}\n")),
            statusCode: results.All(result => result.IsRelayed) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
