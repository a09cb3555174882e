using Causeway.Turn.Engines;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;

namespace Causeway.Relay.Diagnostics;

/// <summary>What a running relay does at this moment, as metrics, heartbeats and health checks report it.</summary>
internal sealed class RelayStatus(IRelayEngine engine, IReadOnlyList<RelayShard> shards, RelayShared shared)
{
    private int _draining;

    public IReadOnlyList<BoundListener> Listeners => engine.Listeners;

    public int Allocations => engine.Allocations;

    public int Connections => engine.Connections;

    /// <summary>The TCP connections to peers (RFC 6062).</summary>
    public int PeerConnections => shared.PeerConnections;

    /// <summary>The static users of the settings.</summary>
    public int StaticUsers => shared.StaticUsers;

    public RelayCapacity Capacity => engine.Capacity;

    /// <summary>
    /// Whether new clients should not be sent here: what is left is for current clients, and for a probe of each listener.
    /// </summary>
    public bool IsFull => Capacity.IsFull(needed: Listeners.Count);

    public bool IsDraining => Volatile.Read(ref _draining) == 1;

    /// <summary>The counters of each shard.</summary>
    public IReadOnlyList<RelayCounters> Counters { get; } = [.. shards.Select(shard => shard.Counters)];

    public EngineCounters EngineCounters => engine.Counters;

    /// <summary>From now on the relay drains.</summary>
    /// <returns>False when it already did.</returns>
    public bool BeginDraining() => Interlocked.Exchange(ref _draining, 1) == 0;

    /// <summary>From now on the relay no longer drains.</summary>
    /// <returns>False when it didn't.</returns>
    public bool EndDraining() => Interlocked.Exchange(ref _draining, 0) == 1;
}
