using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>Why a request for a WebSocket is refused, in HTTP and in the protocol.</summary>
/// <param name="Status">The status, if the answer is HTTP.</param>
/// <param name="Reason">The reason in metrics and the log.</param>
/// <param name="Code">The close code otherwise.</param>
/// <param name="Error">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Words">The reason of the close frame; at most 123 bytes.</param>
/// <param name="Text">What is wrong and how to fix it.</param>
/// <param name="RetryAfter">Seconds after which another attempt makes sense (RFC 9110 §10.2.3).</param>
internal sealed record Refusal(
    int Status, string Reason, CloseCode Code, string Error, string Words, string Text, string? RetryAfter = null)
{
    /// <summary>The request is not for a WebSocket; the answer is always HTTP.</summary>
    public static Refusal NoWebSocket { get; } = new(
        StatusCodes.Status426UpgradeRequired, "no-websocket", CloseCode.NotAllowed, ErrorCodes.NotAllowed, "",
        $"this address accepts only WebSockets with the subprotocol {SignallingProtocol.Subprotocol}");

    /// <summary>The client's address has too many connections.</summary>
    public static Refusal Address { get; } = new(
        StatusCodes.Status429TooManyRequests, "address", CloseCode.AddressFull, ErrorCodes.AddressFull,
        "too many connections from this address",
        "too many connections from your address; close some, or try again in a minute", "60");

    /// <summary>The server has too many connections.</summary>
    public static Refusal Full { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "full", CloseCode.TryLater, ErrorCodes.ServerFull, "the server is full; try again later",
        "the server has too many connections; try again in a minute", "60");

    /// <summary>The server is stopping.</summary>
    public static Refusal Stopping { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "stopping", CloseCode.GoingAway, ErrorCodes.ServerFull,
        ConnectionRegistry.Slot.StopReason,
        ConnectionRegistry.Slot.StopReason, "1");

    /// <summary>The page's origin is not allowed.</summary>
    public static Refusal Origin(string fault) => new(
        StatusCodes.Status403Forbidden, "origin", CloseCode.NotAllowed, ErrorCodes.NotAllowed,
        "this page's origin is not allowed (signalling.origins)", fault);

    /// <summary>The host name in the request is not the server's.</summary>
    public static Refusal Host(string fault) => new(
        StatusCodes.Status421MisdirectedRequest, "host", CloseCode.NotAllowed, ErrorCodes.NotAllowed,
        "the server does not have this name (signalling.origins)", fault);
}
