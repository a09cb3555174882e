using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;

namespace Causeway.Turn.Engines;

/// <summary>
/// Moves the bytes between sockets and the shards' state machines. An engine is made with its listeners bound, because their addresses are
/// part of the settings that the shards are made with (nobody may use the relay's own listeners as peers); then it is started with the shards.
/// </summary>
/// <remarks>
/// <code>
/// client ──▶ listener ──▶ shard.HandleClient ──▶ relay socket ──▶ peer
/// client ◀── listener ◀── shard.HandlePeer   ◀── relay socket ◀── peer
/// </code>
/// A five-tuple stays on one shard. A datagram between allocations of two shards is handed from one to the other inside the process.
/// </remarks>
public interface IRelayEngine : IAsyncDisposable
{
    /// <summary>Where clients reach the relay now: the actual addresses and ports, wildcard addresses of datagram listeners spelled out.</summary>
    IReadOnlyList<BoundListener> Listeners { get; }

    /// <summary>The number of shards that <see cref="Start"/> wants; the system may allow fewer than were asked for.</summary>
    int ShardCount { get; }

    /// <summary>What went wrong on the sockets.</summary>
    EngineCounters Counters { get; }

    /// <summary>Open connections of TCP and TLS clients.</summary>
    int Connections { get; }

    /// <summary>Live allocations of all shards.</summary>
    int Allocations { get; }

    /// <summary>How much room there is for more; a moment old.</summary>
    RelayCapacity Capacity { get; }

    /// <summary>Begins to serve.</summary>
    /// <param name="shards">One state machine for each shard; their number is <see cref="ShardCount"/> and their indices are 0, 1, …</param>
    void Start(IReadOnlyList<RelayShard> shards);

    /// <summary>Refuses new allocations; those that stand go on.</summary>
    void Drain();

    /// <summary>Has every shard see what changed without a packet: call it after <see cref="RelayShared.Revoke"/> and <see cref="RelayShared.Reload"/>.</summary>
    void HandleTime();

    /// <summary>
    /// Takes over other bounds on TCP and TLS clients, and other buffers of relay sockets. Nothing is closed for it: a bound below what is there refuses what is new
    /// (or has the oldest connection without an allocation give way to it); the rest counts for connections and relay sockets made from now on.
    /// </summary>
    /// <param name="streams">The bounds.</param>
    /// <param name="buffers">The buffers; those of listeners stay.</param>
    void Reload(RelayStreamOptions streams, RelayBufferOptions buffers);

    /// <summary>The host has these addresses now; listeners on an unspecified address follow them.</summary>
    void HandleAddresses(IReadOnlyList<IpAddress> addresses);
}

/// <summary>Makes an engine with its listeners bound.</summary>
/// <exception cref="ListenException">A listener could not be bound.</exception>
public delegate IRelayEngine BindEngine(EngineSettings settings, IEngineEvents events, TimeProvider time);
