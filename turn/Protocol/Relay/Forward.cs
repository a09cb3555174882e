namespace Causeway.Turn.Protocol.Relay;

/// <summary>What an engine does with a packet after the state machine has seen it.</summary>
public enum ForwardKind : byte
{
    /// <summary>Nothing: it was control traffic, whose effects wait to be polled, or it was dropped and counted.</summary>
    None,

    /// <summary>Send it to <see cref="Forward.Client"/>, by the transport that the handle names.</summary>
    ToClient,

    /// <summary>Send it to <see cref="Forward.Peer"/> from the relay socket at <see cref="Forward.Relayed"/>.</summary>
    ToPeer,

    /// <summary>
    /// Give it to the shard of <see cref="Forward.Allocation"/> by <c>RelayShard.HandleHandover</c>: both ends are allocations of this
    /// relay, and the other one lives on another shard.
    /// </summary>
    ToShard,
}

/// <summary>
/// The way of one packet: the data path's answer, direct and without allocation. The packet itself was changed in place
/// (headers off or on).
/// </summary>
/// <param name="Kind">What to do.</param>
/// <param name="Client">The receiver, for <see cref="ForwardKind.ToClient"/>.</param>
/// <param name="Allocation">The sender's allocation for <see cref="ForwardKind.ToPeer"/>, the receiver's for the others.</param>
/// <param name="Relayed">The local address of the relay socket to send from, for <see cref="ForwardKind.ToPeer"/>.</param>
/// <param name="Peer">The receiver for <see cref="ForwardKind.ToPeer"/>, the sender for <see cref="ForwardKind.ToShard"/>.</param>
/// <param name="DontFragment">For <see cref="ForwardKind.ToPeer"/>: the client wants the DF bit set (RFC 8656 §18.9); else it is off (§14).</param>
public readonly record struct Forward(
    ForwardKind Kind, ClientHandle Client, AllocationId Allocation, TransportAddress Relayed, TransportAddress Peer, bool DontFragment = false)
{
    /// <summary>Nothing to do.</summary>
    public static Forward None => default;
}
