using Causeway.Turn.Protocol.Relay.Peers;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>Why a packet went nowhere. Each is counted (<see cref="RelayCounters.Drops"/>), none is answered.</summary>
public enum DropReason : byte
{
    /// <summary>From a client: neither STUN nor ChannelData, or broken.</summary>
    Malformed,

    /// <summary>From a client: looks like STUN but its FINGERPRINT is wrong.</summary>
    WrongFingerprint,

    /// <summary>From a client: a response, an indication that clients do not send, or a method that is not served.</summary>
    Unexpected,

    /// <summary>An indication with a comprehension-required attribute that is not known (RFC 8656 §11.2).</summary>
    UnknownAttribute,

    /// <summary>A request while the sockets of the same client's Allocate are still being opened; the answer is on its way.</summary>
    RequestPending,

    /// <summary>The client, or the relay socket, has no allocation (any more).</summary>
    NoAllocation,

    /// <summary>ChannelData on a channel that is bound to no peer.</summary>
    UnboundChannel,

    /// <summary>To or from a peer without permission (RFC 8656 §9).</summary>
    NoPermission,

    /// <summary>To a peer that the policy denies (<see cref="PeerPolicy"/>).</summary>
    PeerDenied,

    /// <summary>To a peer of a family that the allocation has no relayed address of.</summary>
    FamilyMismatch,

    /// <summary>
    /// To an IP address of the relay's own host, at a port that is no relayed transport address and not allowed by the settings; or from one by the network,
    /// which only what the settings allow may send: a relayed transport address of this relay as the source is forged.
    /// </summary>
    NotRelayed,

    /// <summary>The message would be longer than a datagram once its header is on, or is a request beyond <see cref="Stun.StunConstants.MaxRequestLength"/>.</summary>
    TooLong,

    /// <summary>
    /// A request that is not signed, or whose nonce this client never had, and too many such came from one source
    /// (<see cref="RelayQuotas.ChallengesPerAddress"/>).
    /// </summary>
    ChallengeLimit,

    /// <summary>A Binding request, and too many came from one source (<see cref="RelayQuotas.ChallengesPerAddress"/>).</summary>
    BindingLimit,

    /// <summary>
    /// A request with a nonce of this relay for which a key would have to be derived, and too many such came from one source
    /// (<see cref="RelayQuotas.ChallengesPerAddress"/>). Requests of the credential that made the client's allocation need none.
    /// </summary>
    CredentialLimit,
}
