namespace Causeway.Signalling.Wire;

/// <summary>The protocol's WebSocket close codes (RFC 6455 §7.4); those from 4000 up are specific to Causeway.</summary>
internal enum CloseCode
{
    /// <summary>The answer to <see cref="Leave"/>.</summary>
    Bye = 1000,

    /// <summary>The server is stopping, or a page is suspended; the session can be resumed, here or elsewhere.</summary>
    GoingAway = 1001,

    /// <summary>A binary message; the protocol is text.</summary>
    Binary = 1003,

    /// <summary>The page's origin, or the server's name in the request, is not allowed.</summary>
    NotAllowed = 1008,

    /// <summary>A message was larger than the limit.</summary>
    TooBig = 1009,

    /// <summary>The server failed; the session can be resumed.</summary>
    Internal = 1011,

    /// <summary>The server has no room for another session or room.</summary>
    TryLater = 1013,

    /// <summary>Too many bad messages.</summary>
    BadMessages = 4000,

    /// <summary>The room is full.</summary>
    RoomFull = 4001,

    /// <summary>Another connection resumed the session.</summary>
    ResumedElsewhere = 4002,

    /// <summary>The client does not read its messages.</summary>
    SlowReader = 4003,

    /// <summary>The client exceeds its message rate.</summary>
    TooFast = 4004,

    /// <summary>The client does not offer the subprotocol <c>causeway.v1</c>.</summary>
    Version = 4005,

    /// <summary>No <see cref="Hello"/> in time.</summary>
    NoHello = 4006,

    /// <summary>Only from clients: the connection seems dead, and the session is resumed on another one.</summary>
    Reconnecting = 4007,

    /// <summary>The client's address has too many connections, or started too many sessions.</summary>
    AddressFull = 4008,
}
