using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>Why a request for a WebSocket is refused, in HTTP and in the words of the protocol.</summary>
/// <param name="Status">The HTTP status for clients that are answered in HTTP.</param>
/// <param name="Reason">What metrics and the log call it.</param>
/// <param name="Code">The close code for the others.</param>
/// <param name="Error">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Words">The reason of the close frame; at most 123 bytes.</param>
/// <param name="Text">What is wrong and how to fix it.</param>
/// <param name="RetryAfter">Seconds after which another attempt makes sense (RFC 9110 §10.2.3).</param>
internal sealed record Refusal(
    int Status, string Reason, CloseCode Code, string Error, string Words, string Text, string? RetryAfter = null)
{
    /// <summary>The request asks for no WebSocket; it is answered in HTTP alone.</summary>
    public static Refusal NoWebSocket { get; } = new(
        StatusCodes.Status426UpgradeRequired, "no-websocket", CloseCode.NotAllowed, ErrorCodes.NotAllowed, "",
        $"this address speaks WebSocket only, subprotocol {SignallingProtocol.Subprotocol}");

    /// <summary>The client's address has its share of connections.</summary>
    public static Refusal Address { get; } = new(
        StatusCodes.Status429TooManyRequests, "address", CloseCode.AddressFull, ErrorCodes.AddressFull,
        "too many connections from this address",
        "this server takes no more connections from your address; close some, or try again in a minute", "60");

    /// <summary>The server has all its connections.</summary>
    public static Refusal Full { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "full", CloseCode.TryLater, ErrorCodes.ServerFull, "the server is full; try again later",
        "this server takes no more connections now; try again in a minute", "60");

    /// <summary>The server stops.</summary>
    public static Refusal Stopping { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "stopping", CloseCode.GoingAway, ErrorCodes.ServerFull,
        ConnectionRegistry.Slot.StopReason,
        ConnectionRegistry.Slot.StopReason, "1");

    /// <summary>The page's origin is not allowed.</summary>
    public static Refusal Origin(string fault) => new(
        StatusCodes.Status403Forbidden, "origin", CloseCode.NotAllowed, ErrorCodes.NotAllowed,
        "this page's origin is not allowed (signalling.origins)", fault);

    /// <summary>The name by which the server was reached is not its own.</summary>
    public static Refusal Host(string fault) => new(
        StatusCodes.Status421MisdirectedRequest, "host", CloseCode.NotAllowed, ErrorCodes.NotAllowed,
        "the server does not have this name (signalling.origins)", fault);
}
