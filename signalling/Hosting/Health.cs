using System.Reflection;
using Causeway.Signalling.Rooms;

namespace Causeway.Signalling.Hosting;

/// <summary><c>/healthz</c>: whether this node can serve new clients.</summary>
internal static class Health
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly string Version =
        typeof(Health).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Maps the path: 200 with <c>"status":"ok"</c>, or 503 with what fails.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app) => app.MapGet(
        "/healthz", async (HttpContext context, IGrainFactory grains, IHostApplicationLifetime lifetime) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        var status = lifetime.ApplicationStopping.IsCancellationRequested ? "stopping"
            : await RoomsAnswerAsync(grains) ? "ok"
            : "rooms do not answer";
        return Results.Json(
            new { status, version = Version },
            statusCode: status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    });

    private static async Task<bool> RoomsAnswerAsync(IGrainFactory grains)
    {
        try
        {
            await grains.GetGrain<IPulseGrain>(0).BeatAsync().WaitAsync(Patience);
            return true;
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            return false;
        }
    }
}
