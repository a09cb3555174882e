using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Connections;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// TCP connections to peers (RFC 6062): peers that connect, ConnectionBind, and the ends. The bytes of a connection never pass here, only
/// their number.
/// </summary>
public sealed partial class RelayShard
{
    // Of this shard's TCP allocations; an allocation without connections has no list.
    private readonly Dictionary<AllocationId, List<PeerConnection>> _connections = [];

    /// <summary>
    /// A peer has connected to a relayed address (RFC 6062 §5.3). <see cref="ScreenPeer"/> settles those without a permission before.
    /// </summary>
    /// <param name="allocation">The owner of the listening socket.</param>
    /// <param name="peer">The peer's address.</param>
    /// <param name="now">The time.</param>
    /// <returns>The connection's id; null when it must be closed at once.</returns>
    public ConnectionId? HandlePeerAccepted(AllocationId allocation, TransportAddress peer, Instant now)
    {
        Expire(now);
        var isOwn = _shared.Relayed.IsOwn(ref peer);
        if (Find(allocation) is not { IsTcp: true } receiver || receiver.Relayed[peer.Family] is null)
            return Refuse(DropReason.NoAllocation);
        if (!receiver.Permissions.Allows(peer.Ip)) return Refuse(DropReason.NoPermission);

        // From this host only relayed addresses, and what the settings allow.
        if (!(isOwn && _shared.Connections.IsListening(peer)) && IsForbiddenOnHost(peer, isOwn)) return Refuse(DropReason.NotRelayed);
        if (TakeConnection(receiver) != 0) return Refuse(DropReason.ConnectionLimit);

        var connection = AddConnection(receiver, peer, PeerConnectionState.Unbound, _settings.ConnectionBindSeconds, now);
        var attempt = new StunWriter(_response, StunClass.Indication, StunMethod.ConnectionAttempt, _random.NextTransactionId());
        attempt.Add(StunAttributeType.ConnectionId, connection.Id.Number);
        attempt.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        Send(receiver.Client, ref attempt);
        return connection.Id;

        ConnectionId? Refuse(DropReason reason)
        {
            Drop(reason);
            return null;
        }
    }

    /// <summary>ConnectionBind (RFC 6062 §5.4), from a connection of its own, on any shard.</summary>
    internal void HandleConnectionBind(in Transaction transaction, in StunMessage message, Allocation? allocation)
    {
        // Not over a stream, the connection is a control connection, or CONNECTION-ID names no connection that waits: 400.
        var client = transaction.Client;
        if (!client.IsStream
            || allocation is not null
            || _openings.ContainsKey(client)
            || !_shared.Connections.TryFind(message, out var connection)
            || connection.State != PeerConnectionState.Unbound)
        {
            Refuse(transaction, StunErrorCode.BadRequest);
        }
        else if (!connection.Owner.Username.AsSpan().SequenceEqual(transaction.Identity!.Username))
        {
            Refuse(transaction, StunErrorCode.WrongCredentials);
        }
        else if (!connection.TryMove(PeerConnectionState.Unbound, PeerConnectionState.Bound))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
        }
        else
        {
            var response = Succeed(transaction);
            Send(transaction, ref response);
            _effects.Enqueue(new BindPeer(connection.Id, client));
        }
    }

    /// <summary>Counts the bytes that a bound connection is about to carry.</summary>
    /// <param name="id">The connection.</param>
    /// <param name="toPeer">Whether the client sent them.</param>
    /// <param name="bytes">Their number.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when the connection has ended, and carries no more.</returns>
    public bool HandlePeerData(in ConnectionId id, bool toPeer, int bytes, Instant now)
    {
        Expire(now);
        if (!_shared.Connections.TryFind(id, out _) || Find(id.Allocation) is not { } allocation) return false;

        allocation.CallBytes += bytes;
        if (toPeer)
        {
            allocation.PacketsToPeers++;
            allocation.BytesToPeers += bytes;
            Counters.FromClients.Add(bytes);
            Counters.ToPeers.Add(bytes);
        }
        else
        {
            allocation.PacketsToClient++;
            allocation.BytesToClient += bytes;
            Counters.FromPeers.Add(bytes);
            Counters.ToClients.Add(bytes);
        }

        return true;
    }

    /// <summary>A peer's connection ended, or the client's that was bound to it; the engine has closed both.</summary>
    public void HandlePeerClosed(in ConnectionId id, Instant now)
    {
        Expire(now);
        if (!_shared.Connections.TryFind(id, out var connection)) return;
        if (connection.State == PeerConnectionState.Connecting)
            Refuse(connection.Request!.Value, StunErrorCode.ConnectionTimeoutOrFailure);
        Forget(connection);
    }

    /// <summary>Its time is over: the peer didn't answer (447), the client didn't bind it (RFC 6062 §5.3), or it had failed.</summary>
    private void Expire(PeerConnection connection)
    {
        if (connection.TryMove(PeerConnectionState.Connecting, PeerConnectionState.Ended))
            Refuse(connection.Request!.Value, StunErrorCode.ConnectionTimeoutOrFailure);
        else if (connection.State != PeerConnectionState.Failed
            && !connection.TryMove(PeerConnectionState.Unbound, PeerConnectionState.Ended))
        {
            return;
        }

        CloseConnection(connection);
    }

    /// <summary>A relayed address closes, and with it the connections of its family. It accepts no more.</summary>
    private void CloseConnections(Allocation allocation, RelayedAddress relayed)
    {
        _shared.Connections.StopListening(relayed.Public);
        CloseConnections(allocation, connection => connection.Peer.Family == relayed.Family, StunErrorCode.AllocationMismatch);
    }

    private void CloseConnections(Allocation allocation, Predicate<PeerConnection> condition, StunErrorCode reason)
    {
        foreach (var connection in ConnectionsOf(allocation).FindAll(condition))
        {
            if (connection.State == PeerConnectionState.Connecting) Refuse(connection.Request!.Value, reason);
            CloseConnection(connection);
        }
    }

    private List<PeerConnection> ConnectionsOf(Allocation allocation) => _connections.GetValueOrDefault(allocation.Id) ?? [];

    private StunErrorCode TakeConnection(Allocation allocation) =>
        ConnectionsOf(allocation).Count >= _settings.Quotas.PeerConnectionsPerAllocation
            ? StunErrorCode.InsufficientCapacity
            : _shared.Connections.Take(allocation.Owner.Subject, _settings.Quotas);

    private PeerConnection AddConnection(
        Allocation allocation, TransportAddress peer, PeerConnectionState state, int seconds, Instant now, Transaction? request = null)
    {
        PeerConnection connection;
        do
        {
            connection = new(state)
            {
                Id = new(allocation.Id, (uint)_random.NextUInt64()),
                Client = allocation.Client,
                Owner = allocation.Owner,
                Peer = peer,
                Request = request,
            };
        }
        while (!_shared.Connections.TryAdd(connection));

        if (!_connections.TryGetValue(allocation.Id, out var connections)) _connections[allocation.Id] = connections = [];
        connections.Add(connection);
        _timers.Set(connection, now.Milliseconds + seconds * 1000L);
        return connection;
    }

    private void CloseConnection(PeerConnection connection)
    {
        var isOpen = connection.State != PeerConnectionState.Failed;
        Forget(connection);
        if (isOpen) _effects.Enqueue(new ClosePeer(connection.Id));
    }

    private void Forget(PeerConnection connection)
    {
        connection.End();
        _timers.Remove(connection);
        _shared.Connections.Remove(connection);
        if (!_connections.TryGetValue(connection.Id.Allocation, out var connections)) return;
        connections.Remove(connection);
        if (connections.Count == 0) _connections.Remove(connection.Id.Allocation);
    }
}
