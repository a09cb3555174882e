namespace Causeway.Turn.Protocol.Relay;

/// <summary>What an engine does with a packet after the state machine has handled it.</summary>
public enum ForwardKind : byte
{
    /// <summary>Nothing: it was control traffic, whose effects are to be polled, or it was dropped and counted.</summary>
    None,

    /// <summary>Send it to <see cref="Forward.Client"/>, over the transport of the handle.</summary>
    ToClient,

    /// <summary>Send it to <see cref="Forward.Peer"/> from the relay socket at <see cref="Forward.Relayed"/>.</summary>
    ToPeer,

    /// <summary>
    /// Pass it to <c>RelayShard.HandleHandover</c> of the shard of <see cref="Forward.Allocation"/>: sender and receiver are allocations of
    /// this relay on different shards.
    /// </summary>
    ToShard,
}

/// <summary>Where a packet goes. The packet itself was changed in place (headers removed or added).</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Client">The receiver, for <see cref="ForwardKind.ToClient"/>.</param>
/// <param name="Allocation">The sender's allocation for <see cref="ForwardKind.ToPeer"/>, the receiver's for the others.</param>
/// <param name="Relayed">The local address of the relay socket to send from, for <see cref="ForwardKind.ToPeer"/>.</param>
/// <param name="Peer">The receiver for <see cref="ForwardKind.ToPeer"/>, the sender for <see cref="ForwardKind.ToShard"/>.</param>
/// <param name="DontFragment">
/// For <see cref="ForwardKind.ToPeer"/>: whether to set the DF bit (RFC 8656 §18.9); else it is off (§14).
/// </param>
public readonly record struct Forward(
    ForwardKind Kind,
    ClientHandle Client,
    AllocationId Allocation,
    TransportAddress Relayed,
    TransportAddress Peer,
    bool DontFragment = false)
{
    /// <summary>Nothing to do.</summary>
    public static Forward None => default;
}
