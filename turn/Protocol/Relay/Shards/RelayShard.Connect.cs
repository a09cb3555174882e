using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Connections;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Connect (RFC 6062 §5.2): the checks, and the response when the outcome is known.</summary>
public sealed partial class RelayShard
{
    // A failed attempt counts for as long, so that an allocation can try as many ports a second as it may have connections.
    private const int FailedMilliseconds = 1000;

    /// <summary>Connect (RFC 6062 §5.2): answered when the outcome is known.</summary>
    internal void HandleConnect(in Transaction transaction, in StunMessage message, Instant now, Allocation allocation)
    {
        // An allocation of UDP: 403. XOR-PEER-ADDRESS is missing or malformed: 400. Of another family than the relayed address: 443.
        if (!allocation.IsTcp)
        {
            Refuse(transaction, StunErrorCode.Forbidden);
            return;
        }

        if (!message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var peer))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        if (allocation.Relayed[peer.Family] is not { } relayed)
        {
            Refuse(transaction, StunErrorCode.PeerAddressFamilyMismatch);
            return;
        }

        // Not allowed: 403. Connected or connecting already: 446. No room: 486 of the subject, else 508.
        if (!MayConnect(relayed, ref peer)) Refuse(transaction, StunErrorCode.Forbidden);
        else if (IsConnected(allocation, peer)) Refuse(transaction, StunErrorCode.ConnectionAlreadyExists);
        else if (TakeConnection(allocation) is not 0 and var error) Refuse(transaction, error);
        else
        {
            var connection = AddConnection(allocation, peer, PeerConnectionState.Connecting, _settings.ConnectSeconds, now, transaction);
            _effects.Enqueue(new ConnectPeer(connection.Id, relayed.Local, _shared.Relayed.LocalOf(peer)));
        }
    }

    /// <summary>The connection of a <see cref="ConnectPeer"/> is established.</summary>
    public void HandlePeerConnected(in ConnectionId id, Instant now)
    {
        // One whose time ends just now is closed by that.
        var isKnown = _shared.Connections.TryFind(id, out _);
        Expire(now);
        if (!_shared.Connections.TryFind(id, out var connection))
        {
            if (!isKnown) _effects.Enqueue(new ClosePeer(id));
            return;
        }

        if (!connection.TryMove(PeerConnectionState.Connecting, PeerConnectionState.Unbound)) return;

        _timers.Set(connection, now.Milliseconds + _settings.ConnectionBindSeconds * 1000L);
        var response = Succeed(connection.Request!.Value);
        response.Add(StunAttributeType.ConnectionId, id.Number);
        Send(connection.Request.Value, ref response);
    }

    /// <summary>The connection of a <see cref="ConnectPeer"/> was not established.</summary>
    public void HandlePeerFailed(in ConnectionId id, PeerFailure reason, Instant now)
    {
        Expire(now);
        if (!_shared.Connections.TryFind(id, out var connection)
            || !connection.TryMove(PeerConnectionState.Connecting, PeerConnectionState.Failed))
        {
            return;
        }

        _timers.Set(connection, now.Milliseconds + FailedMilliseconds);
        var error = reason == PeerFailure.Exhausted ? StunErrorCode.InsufficientCapacity : StunErrorCode.ConnectionTimeoutOrFailure;
        Refuse(connection.Request!.Value, error);
    }

    /// <summary>
    /// Whether a peer may be connected to; translates it to its public form. The rules are those of datagrams; the relay's own TCP and TLS
    /// listeners are denied too, and a relayed address must listen and be another one.
    /// </summary>
    private bool MayConnect(RelayedAddress relayed, ref TransportAddress peer)
    {
        if (Judge(ref peer, out var isOwn) != PeerVerdict.Allowed || peer == relayed.Public) return false;
        if (isOwn && _shared.Connections.IsListening(peer)) return true;
        return !IsForbiddenOnHost(peer, isOwn) && !IsStreamListener(peer, isOwn);
    }

    private bool IsStreamListener(in TransportAddress peer, bool isOwn)
    {
        foreach (var listener in _settings.StreamListeners)
        {
            if (listener.Port != peer.Port) continue;
            if (listener.Ip == peer.Ip) return true;
            if (listener.Ip.Bits != 0 || listener.Family != peer.Family) continue;
            if (isOwn || _shared.Host.Contains(peer.Ip) || SpecialPurposeAddresses.IsLoopback(peer.Ip)) return true;
        }

        return false;
    }

    private bool IsConnected(Allocation allocation, TransportAddress peer) =>
        ConnectionsOf(allocation).Exists(other => other.Peer == peer && other.State != PeerConnectionState.Failed);
}
