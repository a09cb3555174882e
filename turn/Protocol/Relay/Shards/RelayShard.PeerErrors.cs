using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>ICMP errors for datagrams to peers (RFC 8656 §11.5).</summary>
public sealed partial class RelayShard
{
    /// <summary>
    /// Judges an ICMP error that the system reports on a relay socket: it has found the socket by the datagram inside the ICMP message, but
    /// anyone can forge such a message. Thread-safe alongside any other call, so that a flood of them doesn't delay media.
    /// </summary>
    /// <param name="allocation">The owner of the socket.</param>
    /// <param name="peer">Where the datagram went.</param>
    /// <param name="error">The error.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether to call <see cref="HandlePeerError"/>; if not, it is counted and done.</returns>
    public bool ScreenPeerError(AllocationId allocation, TransportAddress peer, in IcmpError error, Instant now)
    {
        var outcome = JudgeError(Find(allocation), ref peer, error, now);
        if (outcome == PeerErrorOutcome.Reported) return true;

        Counters.CountPeerError(outcome);
        return false;
    }

    /// <summary>
    /// Reports to a client that a datagram to a peer was dropped on its way: a Data indication with XOR-PEER-ADDRESS and ICMP, without
    /// DATA.
    /// </summary>
    /// <param name="allocation">The owner of the socket.</param>
    /// <param name="peer">Where the datagram went.</param>
    /// <param name="error">The error, which <see cref="ScreenPeerError"/> let pass.</param>
    /// <param name="now">The time.</param>
    public void HandlePeerError(AllocationId allocation, TransportAddress peer, in IcmpError error, Instant now)
    {
        Expire(now);
        _shared.Relayed.IsOwn(ref peer);
        var receiver = Find(allocation);
        // Both may have ended since the screen.
        if (receiver?.Permissions.Allows(peer.Ip) != true)
        {
            Counters.CountPeerError(receiver is null ? PeerErrorOutcome.NoAllocation : PeerErrorOutcome.NoPermission);
            return;
        }

        Span<byte> value = stackalloc byte[IcmpError.Length];
        (error.IsTooBig(peer.Family) ? error : error with { Data = 0 }).Write(value);
        var indication = new StunWriter(_response, StunClass.Indication, StunMethod.Data, _random.NextTransactionId());
        indication.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        indication.Add(StunAttributeType.Icmp, value);
        Counters.CountPeerError(PeerErrorOutcome.Reported);
        Send(receiver.Client, ref indication);
    }

    private PeerErrorOutcome JudgeError(Allocation? receiver, ref TransportAddress peer, in IcmpError error, Instant now)
    {
        if (!error.IsReported(peer.Family)) return PeerErrorOutcome.OtherType;
        if (receiver is null) return PeerErrorOutcome.NoAllocation;

        var isOwn = _shared.Relayed.IsOwn(ref peer);
        if (!receiver.Permissions.Allows(peer.Ip)) return PeerErrorOutcome.NoPermission;
        if (isOwn && _shared.Relayed.TryFind(peer, out _)) return PeerErrorOutcome.NotRelayed;
        if (IsForbiddenOnHost(peer, isOwn)) return PeerErrorOutcome.NotRelayed;
        return receiver.PeerErrors.TryTake(now) ? PeerErrorOutcome.Reported : PeerErrorOutcome.Limited;
    }
}
