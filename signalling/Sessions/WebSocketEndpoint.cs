using System.Net.WebSockets;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary><c>/ws</c>: accepts or refuses a WebSocket, and serves it until it ends.</summary>
internal sealed class WebSocketEndpoint(
    IOptionsMonitor<SignallingOptions> settings,
    SessionHost sessions,
    SignalForwarder signals,
    HostCheck hosts,
    OriginCheck origins,
    ConnectionRegistry connections,
    KeptBytes kept,
    SignallingMetrics metrics,
    TimeProvider time,
    ILogger<WebSocketEndpoint> log)
{
    private readonly LogInterval _refusals = new(time);

    /// <summary>Serves a request.</summary>
    public async Task InvokeAsync(HttpContext context)
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

        if (origins.Fault(context.Request) is { } fault)
        {
            await RefuseAsync(context, Refusal.Origin(fault));
            return;
        }

        using var slot = connections.TryEnter(context.Connection.RemoteIpAddress);
        if (slot is null)
        {
            await RefuseAsync(context, connections.IsStopping ? Refusal.Stopping : connections.IsFull ? Refusal.Full : Refusal.Address);
            return;
        }

        var (socket, spoken) = await AcceptAsync(context);
        using (socket)
        {
            metrics.Upgrade(spoken ? "accepted" : "version");
            log.Connected(context.Connection.RemoteIpAddress);

            var (connection, frames, limits) = Connect(context, socket);
            if (!spoken) connection.Close(CloseCode.Version, $"this server speaks {SignallingProtocol.Subprotocol}; reload the page");
            slot.Add(connection);
            await ServeAsync(new(sessions, signals, connection, frames, limits, metrics, time, log), slot, ConnectionGate.Of(context));
        }
    }

    // Until there is a session, a newer connection may replace this one.
    private static async Task ServeAsync(Conversation conversation, ConnectionRegistry.Slot slot, IdleConnections.Entry? carrier)
    {
        var joined = false;
        conversation.Joining = () =>
        {
            if (joined) return;
            joined = true;
            slot.Keep();
            carrier?.BeginSession();
        };
        try
        {
            await conversation.RunAsync();
        }
        finally
        {
            if (joined) carrier?.EndSession();
        }
    }

    private (Connection Connection, FrameMeter Frames, SignallingLimitOptions Limits) Connect(HttpContext context, WebSocket socket)
    {
        var (frames, limits) = (context.Features.GetRequiredFeature<FrameMeter>(), settings.CurrentValue.Limits);
        return (new(socket, frames, limits, time, kept.Of(context.Connection.RemoteIpAddress)), frames, limits);
    }

    private async Task<(WebSocket Socket, bool Spoken)> AcceptAsync(HttpContext context)
    {
        // A browser fails without a reason unless the answer names a subprotocol that it offered. So the answer repeats its own, and the
        // close code says what is wrong. An answer cannot contain what is not a token (RFC 6455 §4.1).
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        var spoken = offered.Contains(SignallingProtocol.Subprotocol);
        var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = spoken ? SignallingProtocol.Subprotocol : offered.FirstOrDefault(IsToken),
            KeepAliveInterval = settings.CurrentValue.Limits.PingInterval,
            KeepAliveTimeout = settings.CurrentValue.Limits.PingInterval,
        });
        return (socket, spoken);
    }

    // Browsers hide the HTTP answer to a handshake from scripts and show only 1006. So it is accepted, and the error and the close code say
    // why.
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
            var (connection, frames, limits) = Connect(context, socket);
            var late = 0;
            (frames.Counts, frames.Ending) = (_ => ++late <= Conversation.LateFrames(limits), () => connection.Expired);
            connection.Close(refusal.Code, refusal.Words, new Error(refusal.Error, refusal.Text, Fatal: true));
            var end = await connection.RunAsync(_ => ValueTask.CompletedTask);
            metrics.Closed(end.Code, end.ByClient);
        }
    }

    private Task AnswerAsync(HttpContext context, Refusal refusal)
    {
        Note(refusal);
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds;
        return TextAnswer.WriteAsync(context, refusal.Status, refusal.Text);
    }

    private void Note(Refusal refusal)
    {
        metrics.Upgrade(refusal.Reason);
        if (_refusals.MayLog()) log.UpgradeRefused(refusal.Reason);
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter));
}
