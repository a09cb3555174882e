namespace Causeway.Signalling.Wire;

/// <summary>What <see cref="Error.Code"/> says; programs read these, people read the message beside them.</summary>
internal static class ErrorCodes
{
    /// <summary>The message is no JSON text, or no message of the protocol.</summary>
    public const string BadMessage = "bad-message";

    /// <summary>Something came before <c>hello</c>.</summary>
    public const string NotJoined = "not-joined";

    /// <summary>A second <c>hello</c> came.</summary>
    public const string AlreadyJoined = "already-joined";

    /// <summary>The member spoken to is not, or no longer, in the room.</summary>
    public const string NoSuchMember = "no-such-member";

    /// <summary>Too many signals wait for that member's acknowledgement; the signal was not taken.</summary>
    public const string OutboxFull = "outbox-full";

    /// <summary>A sequence number was left out; the signal was not taken.</summary>
    public const string Gap = "gap";

    /// <summary>An acknowledgement of something that was never sent.</summary>
    public const string BadAck = "bad-ack";

    /// <summary>The room has all the members that it may have.</summary>
    public const string RoomFull = "room-full";

    /// <summary>The server has no place now.</summary>
    public const string ServerFull = "server-full";

    /// <summary>More messages in a second than agreed.</summary>
    public const string TooFast = "too-fast";

    /// <summary>A message larger than agreed.</summary>
    public const string TooBig = "too-big";

    /// <summary>A binary message.</summary>
    public const string Binary = "binary";

    /// <summary>The page's origin, or the name by which it reached the server, is not allowed.</summary>
    public const string NotAllowed = "not-allowed";

    /// <summary>The client's address has as many connections as it may have.</summary>
    public const string AddressFull = "address-full";

    /// <summary>The server itself failed.</summary>
    public const string Internal = "internal";
}
