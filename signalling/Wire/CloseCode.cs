namespace Causeway.Signalling.Wire;

/// <summary>The WebSocket close codes of the protocol (RFC 6455 §7.4); those from 4000 are Causeway's own.</summary>
internal enum CloseCode
{
    /// <summary>The answer to <see cref="Leave"/>.</summary>
    Bye = 1000,

    /// <summary>The server stops, or a page is suspended; the session can be resumed, here or elsewhere.</summary>
    GoingAway = 1001,

    /// <summary>A binary message came; the protocol is text.</summary>
    Binary = 1003,

    /// <summary>The page's origin, or the name by which it reached the server, is not allowed.</summary>
    NotAllowed = 1008,

    /// <summary>A message was larger than the limit.</summary>
    TooBig = 1009,

    /// <summary>The server failed; the session can be resumed.</summary>
    Internal = 1011,

    /// <summary>The server has no place for one more session or room now.</summary>
    TryLater = 1013,

    /// <summary>Bad messages came again and again.</summary>
    BadMessages = 4000,

    /// <summary>The room has all the members that it may have.</summary>
    RoomFull = 4001,

    /// <summary>Another connection took up the session.</summary>
    ResumedElsewhere = 4002,

    /// <summary>The client does not read what it is sent.</summary>
    SlowReader = 4003,

    /// <summary>The client sends faster than it may.</summary>
    TooFast = 4004,

    /// <summary>The client does not offer the subprotocol <c>causeway.v1</c>.</summary>
    Version = 4005,

    /// <summary>No <see cref="Hello"/> came in time.</summary>
    NoHello = 4006,

    /// <summary>Said by clients alone: the connection seems dead, and the session is resumed on another one.</summary>
    Reconnecting = 4007,

    /// <summary>The client's address has as many connections as it may have.</summary>
    AddressFull = 4008,
}
