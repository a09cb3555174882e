using System.Text;
using System.Text.Json.Nodes;
using Causeway.Turn.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Causeway.Relay.Admin;

/// <summary>Draining, revocations and settings.</summary>
internal static class ActionRoutes
{
    public static void MapActions(this IEndpointRouteBuilder operators, IRelayAdmin relay)
    {
        var routes = operators.MapGroup("").WithTags("relay");
        routes.MapPost("/drain", () => Drain(relay))
            .WithName("Drain")
            .WithSummary("Refuses new allocations from now on; existing ones continue.")
            .Produces<DrainState>()
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        routes.MapPost("/undrain", () => Undrain(relay))
            .WithName("Undrain")
            .WithSummary("Accepts new allocations again.")
            .WithDescription("A relay that signalling drains because another generation replaces it drains again after a heartbeat.")
            .Produces<DrainState>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        routes.MapPost("/revocations", (RevocationRequest request, TimeProvider time) => Revoke(relay, request, time))
            .WithName("Revoke")
            .WithSummary("Ends a subject's sessions, and refuses its requests until a time.")
            .WithDescription("A later time extends it, an earlier one changes nothing. A restart of the relay forgets it.")
            .Produces<RevocationResult>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        routes.MapGet("/settings", () => Results.Json(relay.Settings()))
            .WithName("GetSettings")
            .WithSummary("Gets the settings in use, defaults included, without secrets.")
            .Produces<JsonObject>();
        routes.MapPost("/reload", () => Reload(relay))
            .WithName("Reload")
            .WithSummary("Reads the settings again, as SIGHUP does; applies all changes or none.")
            .Produces<ReloadResult>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static IResult Drain(IRelayAdmin relay)
    {
        relay.Drain();
        return State(relay);
    }

    private static IResult Undrain(IRelayAdmin relay) => relay.Undrain()
        ? State(relay)
        : Results.Problem("the relay is stopping and continues to drain", statusCode: StatusCodes.Status409Conflict);

    private static IResult State(IRelayAdmin relay) => Results.Json(new DrainState(relay.IsDraining, relay.Allocations));

    private static IResult Revoke(IRelayAdmin relay, RevocationRequest request, TimeProvider time)
    {
        if (request.Subject is not { Length: > 0 } subject || Encoding.UTF8.GetByteCount(subject) > Credentials.MaxUsernameBytes)
            return AdminFailures.Wrong($"subject: is missing or too long; write 1 to {Credentials.MaxUsernameBytes} bytes of UTF-8");
        if (request.Until is not { } until) return AdminFailures.Wrong("until: is missing; write a time, as 2030-01-31T12:00:00Z");
        if (until <= time.GetUtcNow()) return AdminFailures.Wrong($"until: {until:O} is over; write a time to come");
        return Results.Json(new RevocationResult(relay.Revoke(subject, until)));
    }

    private static IResult Reload(IRelayAdmin relay) => relay.Reload() switch
    {
        null => Results.Problem(
            "the settings of this relay are those of the process that it runs in; reload that one",
            statusCode: StatusCodes.Status409Conflict),
        { Mistakes: { Count: > 0 } mistakes } => Results.Problem(
            string.Join('\n', mistakes),
            statusCode: StatusCodes.Status422UnprocessableEntity,
            title: "The settings have mistakes; the current ones stay in use",
            extensions: new Dictionary<string, object?> { ["mistakes"] = mistakes }),
        { } done => Results.Json(new ReloadResult(done.Changed, done.NeedsRestart)),
    };
}
