namespace Causeway.Signalling.Wire;

/// <summary>The values of <see cref="Error.Code"/>: for programs, where <see cref="Error.Message"/> is for people.</summary>
internal static class ErrorCodes
{
    /// <summary>The message is not JSON, or not a message of the protocol.</summary>
    public const string BadMessage = "bad-message";

    /// <summary>The first message is not <c>hello</c>.</summary>
    public const string NotJoined = "not-joined";

    /// <summary>A second <c>hello</c>.</summary>
    public const string AlreadyJoined = "already-joined";

    /// <summary>The receiver is not in the room, or has left.</summary>
    public const string NoSuchMember = "no-such-member";

    /// <summary>Too many signals wait for the receiver's acknowledgement; the signal was not accepted.</summary>
    public const string OutboxFull = "outbox-full";

    /// <summary>A sequence number is missing; the signal was not accepted.</summary>
    public const string Gap = "gap";

    /// <summary>Acknowledges a signal that was never sent.</summary>
    public const string BadAck = "bad-ack";

    /// <summary>The room is full.</summary>
    public const string RoomFull = "room-full";

    /// <summary>The server is full.</summary>
    public const string ServerFull = "server-full";

    /// <summary>More messages per second than the limit.</summary>
    public const string TooFast = "too-fast";

    /// <summary>A message larger than the limit.</summary>
    public const string TooBig = "too-big";

    /// <summary>A binary message.</summary>
    public const string Binary = "binary";

    /// <summary>The page's origin, or the server's name in the request, is not allowed.</summary>
    public const string NotAllowed = "not-allowed";

    /// <summary>The client's address has too many connections, or started too many sessions.</summary>
    public const string AddressFull = "address-full";

    /// <summary>The server failed.</summary>
    public const string Internal = "internal";
}
