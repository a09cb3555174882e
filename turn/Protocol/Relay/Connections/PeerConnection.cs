using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;

namespace Causeway.Turn.Protocol.Relay.Connections;

/// <summary>The state of a peer's connection.</summary>
internal enum PeerConnectionState
{
    /// <summary>The engine opens it, and a Connect request waits for the outcome (RFC 6062 §5.2).</summary>
    Connecting,

    /// <summary>It is established, and waits for ConnectionBind.</summary>
    Unbound,

    /// <summary>It is bound to a client's connection.</summary>
    Bound,

    /// <summary>It was not established. It counts for a moment more, so that the rate of attempts is bounded.</summary>
    Failed,

    /// <summary>It is closed.</summary>
    Ended,
}

/// <summary>
/// A TCP connection between an allocation and a peer (RFC 6062). The allocation's shard owns it; any shard may bind it, because the
/// client's new connection may be on another one.
/// <code>
///  Connect ──▶ Connecting ── established ──▶ Unbound ── ConnectionBind ──▶ Bound
///                   │                           ▲
///                   └── failed ──▶ Failed       └── peer connects, with a permission
///
///  any ── timed out, closed ──▶ Ended
/// </code>
/// </summary>
internal sealed class PeerConnection : Timed
{
    private int _state;

    internal required ConnectionId Id { get; init; }

    /// <summary>The client of the allocation: its control connection.</summary>
    internal required ClientHandle Client { get; init; }

    /// <summary>The credential that created the allocation; only its username may bind the connection.</summary>
    internal required Identity Owner { get; init; }

    /// <summary>The peer, in its public form.</summary>
    internal required TransportAddress Peer { get; init; }

    /// <summary>The Connect request that waits for the outcome; null of a connection that the peer opened.</summary>
    internal Transaction? Request { get; init; }

    internal PeerConnectionState State => (PeerConnectionState)Volatile.Read(ref _state);

    /// <summary>Creates a connection in its first state.</summary>
    internal PeerConnection(PeerConnectionState first) => _state = (int)first;

    /// <summary>Changes the state; false when it isn't <paramref name="from"/> any more. Thread-safe.</summary>
    internal bool TryMove(PeerConnectionState from, PeerConnectionState to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;

    /// <summary>Ends it in any state. Thread-safe.</summary>
    internal void End() => Volatile.Write(ref _state, (int)PeerConnectionState.Ended);
}
