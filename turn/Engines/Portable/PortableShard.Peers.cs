using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>TCP connections to peers (RFC 6062): what happens to them, and the effects on them.</summary>
internal sealed partial class PortableShard
{
    /// <summary>A peer has connected to a relayed address. Those without a permission are refused before the lock.</summary>
    public void HandlePeerAccepted(AllocationId allocation, Socket socket, in TransportAddress peer)
    {
        if (!_core.ScreenPeer(allocation, peer, 0))
        {
            Reset(socket);
            return;
        }

        PeerLink.SetOptions(socket, _engine.Settings.Streams);
        if (!_engine.Descriptors.TryTake(socket.SafeHandle))
        {
            _engine.Counters.CountConnectionRefused();
            Reset(socket);
            return;
        }

        var isTaken = false;
        lock (_gate)
        {
            if (!_closed)
            {
                var now = _engine.Clock.Now;
                if (_core.HandlePeerAccepted(allocation, peer, now) is { } id)
                {
                    var link = new PeerLink(_engine, this, id);
                    isTaken = link.TryAttach(socket);
                    // Before the client learns of it, and may bind it.
                    _engine.Peers.Add(link);
                }

                RunEffects(now);
            }
        }

        if (isTaken) return;
        Reset(socket);
        _engine.Descriptors.Return();
    }

    /// <summary>A connection to a peer is established.</summary>
    public void HandlePeerConnected(ConnectionId id) => Call((core, now) => core.HandlePeerConnected(id, now));

    /// <summary>A connection to a peer was not established.</summary>
    public void HandlePeerFailed(ConnectionId id, PeerFailure reason) => Call((core, now) => core.HandlePeerFailed(id, reason, now));

    /// <summary>A connection is about to carry bytes; false when it must not.</summary>
    public bool HandlePeerData(in ConnectionId id, bool toPeer, int bytes)
    {
        lock (_gate)
        {
            if (_closed) return false;
            var now = _engine.Clock.Now;
            var carries = _core.HandlePeerData(id, toPeer, bytes, now);
            RunEffects(now);
            return carries;
        }
    }

    /// <summary>A connection ended.</summary>
    public void HandlePeerClosed(ConnectionId id) => Call((core, now) => core.HandlePeerClosed(id, now));

    private void Listen(OpenRelay asked, Socket socket, Instant now)
    {
        var listener = new PeerListener(_engine, this, socket, asked.Allocation);
        _engine.Peers.Listen(asked.Local, listener);
        _core.HandleRelayOpened(asked.Allocation, asked.Local, now);
        _engine.Run(listener.RunAsync);
    }

    private void Connect(ConnectPeer asked)
    {
        var link = new PeerLink(_engine, this, asked.Connection);
        _engine.Peers.Add(link);
        _engine.Run(() => link.ConnectAsync(asked.Local, asked.Peer));
    }

    private void Bind(BindPeer asked)
    {
        if (_engine.Streams.Find(asked.Client.Endpoint) is not { } client) EndLater(asked.Connection);
        else if (_engine.Peers.Find(asked.Connection) is { } link && link.TryBind(client)) client.Bind(link);
        else client.Close();
    }

    // The client has left meanwhile. Its owner may be another shard, whose lock isn't taken under this one.
    private void EndLater(ConnectionId connection) => _engine.Run(() =>
    {
        _engine.Peers.Find(connection)?.End();
        return Task.CompletedTask;
    });

    // No FIN and so no TIME_WAIT: who isn't welcome costs nothing afterwards.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new(true, 0);
        }
        catch (SocketException)
        {
            // The peer has left.
        }

        socket.Dispose();
    }
}
