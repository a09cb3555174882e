using System.Net.WebSockets;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Causeway.Signalling.Sessions;

/// <summary><c>/ws</c>: decides who may open a WebSocket and has it served until it ends.</summary>
internal sealed class WebSocketEndpoint(
    SettingsInUse settings, SessionHost host, HostCheck hosts, ConnectionRegistry connections, KeptBytes kept, SignallingMetrics metrics,
    TimeProvider time, ILogger<WebSocketEndpoint> log)
{
    /// <summary>Where clients connect.</summary>
    public const string Path = "/ws";

    private readonly OriginCheck _origins = new(settings.Started.Origins);
    private readonly LogInterval _refusalsLogged = new(time);

    /// <summary>Maps the address.</summary>
    public static void Map(WebApplication app)
    {
        app.UseMeteredUpgrades();
        app.UseWebSockets();
        app.Map(Path, app.Services.GetRequiredService<WebSocketEndpoint>().InvokeAsync);
    }

    private async Task InvokeAsync(HttpContext context)
    {
        if (hosts.Fault(context) is { } elsewhere)
        {
            await RefuseAsync(context, Refusal.Host(elsewhere));
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await AnswerAsync(context, Refusal.NoWebSocket);
            return;
        }

        if (_origins.Fault(context.Request) is { } fault)
        {
            await RefuseAsync(context, Refusal.Origin(fault));
            return;
        }

        using var place = connections.TryEnter(context.Connection.RemoteIpAddress);
        if (place is null)
        {
            await RefuseAsync(context, connections.IsStopping ? Refusal.Stopping : connections.Full ? Refusal.Full : Refusal.Address);
            return;
        }

        var (socket, spoken) = await AcceptAsync(context);
        using (socket)
        {
            metrics.Upgrade(spoken ? "accepted" : "version");
            log.Connected(context.Connection.RemoteIpAddress);

            var conversation = new Conversation(
                host, socket, context.Features.GetRequiredFeature<FrameMeter>(), settings.Limits, kept.Of(context.Connection.RemoteIpAddress), log);
            if (!spoken) conversation.Connection.Close(CloseCode.Version, $"this server speaks {WireJson.Subprotocol}; load the page again");
            place.Add(conversation.Connection);
            await ServeAsync(conversation, place, ConnectionGate.Of(context));
        }
    }

    // Until there is a session, a newer connection may take the place of this one.
    private static async Task ServeAsync(Conversation conversation, ConnectionRegistry.Place place, IdleConnections.Entry? carrier)
    {
        var joined = false;
        conversation.Joined = () =>
        {
            joined = true;
            place.Joined();
            carrier?.SessionBegan();
        };
        try
        {
            await conversation.RunAsync();
        }
        finally
        {
            if (joined) carrier?.SessionEnded();
        }
    }

    private async Task<(WebSocket Socket, bool Spoken)> AcceptAsync(HttpContext context)
    {
        // A browser that is not answered with one of the subprotocols that it offered fails without a reason; so the answer names its own, and
        // the close code then says what is wrong. Something that is no token (RFC 6455 §4.1) cannot stand in an answer.
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var spoken = offered.Contains(WireJson.Subprotocol);
        var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = spoken ? WireJson.Subprotocol : offered.FirstOrDefault(IsToken),
            KeepAliveInterval = settings.Limits.PingInterval,
            KeepAliveTimeout = settings.Limits.PingInterval,
        });
        return (socket, spoken);
    }

    // Browsers show a script nothing of an HTTP answer to a handshake, only 1006. So it is accepted, and the error and the close code say why.
    private async Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        using var room = context.WebSockets.IsWebSocketRequest ? connections.TryRefuse() : null;
        if (room is null)
        {
            await AnswerAsync(context, refusal);
            return;
        }

        Note(refusal);
        var (socket, _) = await AcceptAsync(context);
        using (socket)
        {
            var (frames, limits) = (context.Features.GetRequiredFeature<FrameMeter>(), settings.Limits);
            var connection = new Connection(socket, frames, limits, time, kept.Of(context.Connection.RemoteIpAddress));
            var late = 0;
            (frames.Counts, frames.Ending) = (_ => ++late <= Conversation.LateFrames(limits), () => connection.Expired);
            connection.Close(refusal.Code, refusal.Words, new Error(refusal.Error, refusal.Text, Fatal: true));
            metrics.Closed(await connection.RunAsync(_ => ValueTask.CompletedTask));
        }
    }

    private Task AnswerAsync(HttpContext context, Refusal refusal)
    {
        Note(refusal);
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds;
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(refusal.Text + "\n", context.RequestAborted);
    }

    private void Note(Refusal refusal)
    {
        metrics.Upgrade(refusal.Reason);
        if (_refusalsLogged.MayTell()) log.UpgradeRefused(refusal.Reason);
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter));
}
