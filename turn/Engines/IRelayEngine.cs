using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;

namespace Causeway.Turn.Engines;

/// <summary>
/// Moves the bytes between sockets and the shards' state machines. An engine is created with its listeners bound, because the shards'
/// settings contain their addresses (the relay's own listeners are not allowed as peers); then it is started with the shards.
/// </summary>
/// <remarks>
/// <code>
/// client ──▶ listener ──▶ shard.HandleClient ──▶ relay socket ──▶ peer
/// client ◀── listener ◀── shard.HandlePeer   ◀── relay socket ◀── peer
/// </code>
/// A five-tuple stays on one shard. A datagram between allocations of two shards is handed over inside the process.
/// </remarks>
public interface IRelayEngine : IAsyncDisposable
{
    /// <summary>
    /// The bound listeners: actual addresses and ports; a datagram listener on an unspecified address has one for each address.
    /// </summary>
    IReadOnlyList<BoundListener> Listeners { get; }

    /// <summary>The number of shards that <see cref="Start"/> needs; the system may allow fewer than configured.</summary>
    int ShardCount { get; }

    /// <summary>Failures on the sockets.</summary>
    EngineCounters Counters { get; }

    /// <summary>Open connections of TCP and TLS clients.</summary>
    int Connections { get; }

    /// <summary>Live allocations of all shards.</summary>
    int Allocations { get; }

    /// <summary>The capacity for more allocations, a moment ago.</summary>
    RelayCapacity Capacity { get; }

    /// <summary>Starts to serve clients.</summary>
    /// <param name="shards">The state machines: <see cref="ShardCount"/> of them, with the indices 0, 1, …</param>
    void Start(IReadOnlyList<RelayShard> shards);

    /// <summary>Refuses new allocations; existing ones continue.</summary>
    void Drain();

    /// <summary>Accepts new allocations again after <see cref="Drain"/>.</summary>
    void Undrain();

    /// <summary>
    /// Calls a shard's state machine between two of its inputs, with the time, and runs its effects. The shard's clients wait meanwhile, so
    /// a call takes microseconds.
    /// </summary>
    /// <param name="shard">The shard's index.</param>
    /// <param name="call">What to call; it must not wait for anything.</param>
    /// <returns>The result; the default before the start and after the engine was closed.</returns>
    TResult? Call<TResult>(int shard, Func<RelayShard, Instant, TResult> call);

    /// <summary>
    /// Makes every shard handle a change without a packet. Call it after <see cref="RelayShared.Revoke"/> and <see
    /// cref="RelayShared.Reload"/>.
    /// </summary>
    void HandleTime();

    /// <summary>
    /// Changes the limits on TCP and TLS clients, and the buffers of relay sockets. Nothing is closed: a limit below the present number
    /// refuses new connections (or a new one replaces the oldest without an allocation); the rest applies to new connections and relay
    /// sockets.
    /// </summary>
    /// <param name="streams">The limits.</param>
    /// <param name="buffers">The buffers; those of listeners stay as they are.</param>
    void Reload(RelayStreamOptions streams, RelayBufferOptions buffers);

    /// <summary>Takes the host's present addresses; listeners on an unspecified address follow them.</summary>
    void HandleAddresses(IReadOnlyList<IpAddress> addresses);
}

/// <summary>Creates an engine and binds its listeners.</summary>
/// <exception cref="ListenException">A listener could not be bound.</exception>
public delegate IRelayEngine BindEngine(EngineSettings settings, IEngineEvents events, TimeProvider time);
