namespace Causeway.Turn.Protocol.Relay;

/// <summary>Why a packet was dropped without an answer. Counted by <see cref="RelayCounters.Drops"/>.</summary>
public enum DropReason : byte
{
    /// <summary>From a client: neither STUN nor ChannelData, or malformed.</summary>
    Malformed,

    /// <summary>From a client: looks like STUN, but its FINGERPRINT is wrong.</summary>
    WrongFingerprint,

    /// <summary>From a client: a response, an indication that clients don't send, or an unsupported method.</summary>
    Unexpected,

    /// <summary>An indication with a comprehension-required attribute that the relay doesn't understand (RFC 8656 §11.2).</summary>
    UnknownAttribute,

    /// <summary>A request while the sockets of the same client's Allocate are being opened; the response follows.</summary>
    RequestPending,

    /// <summary>The client, or the relay socket, has no allocation (any more).</summary>
    NoAllocation,

    /// <summary>ChannelData on a channel that isn't bound.</summary>
    UnboundChannel,

    /// <summary>To or from a peer without permission (RFC 8656 §9).</summary>
    NoPermission,

    /// <summary>To a peer that the policy denies (<see cref="Peers.PeerPolicy"/>).</summary>
    PeerDenied,

    /// <summary>To a peer of a family that the allocation has no relayed address of.</summary>
    FamilyMismatch,

    /// <summary>
    /// To or from an address of the relay's own host that is neither a relayed transport address nor allowed by the settings. A datagram
    /// from the network with a relayed transport address of this relay as its source is forged, and dropped too.
    /// </summary>
    NotRelayed,

    /// <summary>
    /// Longer than a datagram once its header is added, or a request above <see cref="Stun.StunConstants.MaxRequestLength"/>.
    /// </summary>
    TooLong,

    /// <summary>Its TTL or hop limit allows no further hop (RFC 8656 §14).</summary>
    HopLimit,

    /// <summary>
    /// An unsigned request, or one with a forged nonce, beyond the rate of its source (<see cref="RelayQuotas.ChallengesPerAddress"/>).
    /// </summary>
    ChallengeLimit,

    /// <summary>A Binding request beyond the rate of its source (<see cref="RelayQuotas.ChallengesPerAddress"/>).</summary>
    BindingLimit,

    /// <summary>
    /// A request with a nonce of this relay that needs a key derivation, beyond the rate of its source
    /// (<see cref="RelayQuotas.ChallengesPerAddress"/>). Requests with the credential that created the client's allocation need none.
    /// </summary>
    CredentialLimit,

    /// <summary>A peer's TCP connection beyond the quotas of allocation, subject or relay (RFC 6062 §5.3).</summary>
    ConnectionLimit,
}
