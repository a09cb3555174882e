namespace Causeway.Turn.Protocol.Stun;

/// <summary>The error codes of STUN and TURN (RFC 8489 §18.4, RFC 8656 §19), and their reason phrases.</summary>
public enum StunErrorCode : ushort
{
    /// <summary>The client should try another server.</summary>
    TryAlternate = 300,

    /// <summary>The request was malformed.</summary>
    BadRequest = 400,

    /// <summary>The request has no credentials, or wrong ones.</summary>
    Unauthenticated = 401,

    /// <summary>The server refuses the request from any client.</summary>
    Forbidden = 403,

    /// <summary>The request has comprehension-required attributes that the server doesn't understand.</summary>
    UnknownAttribute = 420,

    /// <summary>The five-tuple has no allocation, or has one already.</summary>
    AllocationMismatch = 437,

    /// <summary>The nonce is no longer valid; the response carries a new one.</summary>
    StaleNonce = 438,

    /// <summary>The address family isn't supported.</summary>
    AddressFamilyNotSupported = 440,

    /// <summary>The credentials aren't those that created the allocation.</summary>
    WrongCredentials = 441,

    /// <summary>The transport between relay and peer isn't supported.</summary>
    UnsupportedTransportProtocol = 442,

    /// <summary>The peer's address is of another family than the relayed address.</summary>
    PeerAddressFamilyMismatch = 443,

    /// <summary>The allocation has, or opens, a TCP connection to this peer already (RFC 6062 §6.3).</summary>
    ConnectionAlreadyExists = 446,

    /// <summary>The TCP connection to the peer failed, or wasn't established in time (RFC 6062 §6.3).</summary>
    ConnectionTimeoutOrFailure = 447,

    /// <summary>The user has too many allocations.</summary>
    AllocationQuotaReached = 486,

    /// <summary>The server failed; the client may retry.</summary>
    ServerError = 500,

    /// <summary>The server has no capacity left.</summary>
    InsufficientCapacity = 508,
}

/// <summary>The reason phrases that the RFCs recommend.</summary>
public static class StunErrorCodes
{
    /// <summary>Gets the recommended reason phrase of a code in UTF-8.</summary>
    public static ReadOnlySpan<byte> Reason(this StunErrorCode code) => code switch
    {
        StunErrorCode.TryAlternate => "Try Alternate"u8,
        StunErrorCode.BadRequest => "Bad Request"u8,
        StunErrorCode.Unauthenticated => "Unauthenticated"u8,
        StunErrorCode.Forbidden => "Forbidden"u8,
        StunErrorCode.UnknownAttribute => "Unknown Attribute"u8,
        StunErrorCode.AllocationMismatch => "Allocation Mismatch"u8,
        StunErrorCode.StaleNonce => "Stale Nonce"u8,
        StunErrorCode.AddressFamilyNotSupported => "Address Family not Supported"u8,
        StunErrorCode.WrongCredentials => "Wrong Credentials"u8,
        StunErrorCode.UnsupportedTransportProtocol => "Unsupported Transport Protocol"u8,
        StunErrorCode.PeerAddressFamilyMismatch => "Peer Address Family Mismatch"u8,
        StunErrorCode.ConnectionAlreadyExists => "Connection Already Exists"u8,
        StunErrorCode.ConnectionTimeoutOrFailure => "Connection Timeout or Failure"u8,
        StunErrorCode.AllocationQuotaReached => "Allocation Quota Reached"u8,
        StunErrorCode.ServerError => "Server Error"u8,
        StunErrorCode.InsufficientCapacity => "Insufficient Capacity"u8,
        _ => ""u8,
    };
}
