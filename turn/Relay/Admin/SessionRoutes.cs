using System.ComponentModel;
using Causeway.Turn.Protocol.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Causeway.Relay.Admin;

/// <summary>Lists sessions and ends them. A session is a client's allocation.</summary>
internal static class SessionRoutes
{
    /// <summary>The most sessions of one page.</summary>
    public const int MaxLimit = 500;

    private const int DefaultLimit = 100;

    public static void MapSessions(this IEndpointRouteBuilder operators, IRelayAdmin relay)
    {
        var routes = operators.MapGroup("").WithTags("sessions");
        routes.MapGet("/sessions", (
                [Description("The most sessions of the page, 1 to 500. Defaults to 100.")] int? limit,
                [Description("The page to read: `next` of the page before. Defaults to the first page.")] string? cursor) =>
                List(relay, limit ?? DefaultLimit, cursor))
            .WithName("ListSessions")
            .WithSummary("Lists the sessions of clients, without those of the relay's own probes.")
            .WithDescription("A session that lives while all pages are read is listed once. The last page may be empty.")
            .Produces<SessionList>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes.MapGet("/sessions/{id}", ([Description("The session's id.")] string id) => Get(relay, id))
            .WithName("GetSession")
            .WithSummary("Gets a session.")
            .Produces<Session>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete("/sessions/{id}", ([Description("The session's id.")] string id) => End(relay, id))
            .WithName("EndSession")
            .WithSummary("Ends a session. Its client may allocate again; a revocation keeps it out.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private static IResult List(IRelayAdmin relay, int limit, string? cursor)
    {
        if (limit is < 1 or > MaxLimit)
            return AdminFailures.Wrong(FormattableString.Invariant($"limit: {limit} is out of range; write 1 to {MaxLimit}"));
        var from = default(SessionCursor);
        if (cursor is not null && !SessionCursor.TryParse(cursor, out from))
            return AdminFailures.Wrong("cursor: is not one of a page; write its next");

        var page = relay.Sessions(from, limit);
        return Results.Json(new SessionList { Sessions = [.. page.Sessions.Select(Session.Of)], Next = page.Next?.ToString() });
    }

    private static IResult Get(IRelayAdmin relay, string id) =>
        AllocationId.TryParse(id, out var wanted) && relay.Session(wanted) is { } session
            ? Results.Json(Session.Of(session))
            : Gone(id);

    private static IResult End(IRelayAdmin relay, string id) =>
        AllocationId.TryParse(id, out var wanted) && relay.EndSession(wanted) ? Results.NoContent() : Gone(id);

    private static IResult Gone(string id) =>
        Results.Problem($"there is no session {id}; it may have ended", statusCode: StatusCodes.Status404NotFound);
}
