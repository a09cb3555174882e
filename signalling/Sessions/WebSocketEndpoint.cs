using Causeway.Signalling.Clients;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary><c>/ws</c>: decides who may open a WebSocket and has it served until it ends.</summary>
internal sealed class WebSocketEndpoint(
    IOptions<SignallingOptions> options, SessionHost host, ConnectionRegistry connections, SignallingMetrics metrics, ILogger<WebSocketEndpoint> log)
{
    private readonly SignallingLimitOptions _limits = options.Value.Limits;
    private readonly OriginCheck _origins = new(options.Value.Origins);

    /// <summary>Maps the address.</summary>
    public static void Map(WebApplication app)
    {
        app.UseWebSockets();
        app.Map("/ws", app.Services.GetRequiredService<WebSocketEndpoint>().InvokeAsync);
    }

    private async Task InvokeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "no-websocket", $"this address speaks WebSocket only, subprotocol {WireJson.Subprotocol}");
            return;
        }

        if (_origins.Fault(context.Request) is { } fault)
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "origin", fault);
            return;
        }

        using var place = connections.TryEnter(context.Connection.RemoteIpAddress);
        if (place is null)
        {
            context.Response.Headers.RetryAfter = "60";
            if (!connections.Full) await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "address", "this server takes no more connections from your address; close some, or try again in a minute");
            else await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "full", "this server takes no more connections now; try again in a minute");
            return;
        }

        // A browser that is not answered with one of the subprotocols that it offered fails without a reason; so the answer names its own, and
        // the close code then says what is wrong. Something that is no token (RFC 6455 §4.1) cannot stand in an answer.
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var spoken = offered.Contains(WireJson.Subprotocol);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = spoken ? WireJson.Subprotocol : offered.FirstOrDefault(IsToken),
            KeepAliveInterval = _limits.PingInterval,
            KeepAliveTimeout = _limits.PingInterval,
        });
        metrics.Upgrade(spoken ? "accepted" : "version");
        log.Connected(context.Connection.RemoteIpAddress);

        var conversation = new Conversation(host, socket, log);
        if (!spoken) conversation.Connection.Close(CloseCode.Version, $"this server speaks {WireJson.Subprotocol}; load the page again");
        place.Add(conversation.Connection);
        var carrier = ConnectionGate.Of(context);
        carrier?.SessionBegan();
        await conversation.RunAsync();
        carrier?.SessionEnded();
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter));

    private Task RefuseAsync(HttpContext context, int status, string reason, string text)
    {
        metrics.Upgrade(reason);
        log.UpgradeRefused(reason);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
