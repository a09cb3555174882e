namespace Causeway.Turn.Protocol.Stun;

/// <summary>The class of a message: its two C bits (RFC 8489 §5).</summary>
public enum StunClass : byte
{
    /// <summary>Expects a response.</summary>
    Request = 0b00,

    /// <summary>Expects no response.</summary>
    Indication = 0b01,

    /// <summary>Answers a request with success.</summary>
    SuccessResponse = 0b10,

    /// <summary>Answers a request with an ERROR-CODE.</summary>
    ErrorResponse = 0b11,
}
