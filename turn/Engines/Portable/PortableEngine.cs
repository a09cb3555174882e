using System.Collections.Concurrent;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The engine for every system: .NET sockets, with one receive loop for each.</summary>
public sealed class PortableEngine : IRelayEngine
{
    // More free buffers than this are returned to the system.
    private const int KeptBuffers = 256;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ListenerSockets _listeners;
    private readonly ITimer _sweep;
    private readonly Lock _running = new();
    private readonly HashSet<Task> _loops = [];
    private PortableShard[] _shards = [];
    private long _lastReport;
    private long _lastNotOpenedReport;
    private long _unreported;
    private volatile bool _disposed;

    private PortableEngine(EngineSettings settings, IEngineEvents events, TimeProvider time)
    {
        (_settings, Events, Clock) = (settings, events, new(time));
        _lastReport = _lastNotOpenedReport = time.GetTimestamp() - (long)(ReportInterval.TotalSeconds * time.TimestampFrequency);
        SendBudget = new(settings.Streams.TotalSendBufferBytes);
        Streams = new(this);
        Peers = new(this);
        _listeners = ListenerSockets.Bind(this);
        _sweep = time.CreateTimer(static engine => ((PortableEngine)engine!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Creates an engine and binds its listeners.</summary>
    /// <exception cref="ListenException">A listener could not be bound.</exception>
    public static PortableEngine Bind(EngineSettings settings, IEngineEvents events, TimeProvider time) => new(settings, events, time);

    /// <inheritdoc/>
    public IReadOnlyList<BoundListener> Listeners => _listeners.Bound;

    /// <inheritdoc/>
    public int ShardCount => ReusePort.IsSupported ? Math.Max(1, Settings.Shards) : 1;

    /// <inheritdoc/>
    public EngineCounters Counters { get; } = new();

    /// <inheritdoc/>
    public int Connections => Streams.Count;

    /// <inheritdoc/>
    public int Allocations => _shards.Sum(shard => shard.Allocations);

    /// <inheritdoc/>
    public RelayCapacity Capacity => _shards.Length == 0 ? default : _shards[0].Capacity;

    internal EngineSettings Settings => _settings;
    private volatile EngineSettings _settings;

    internal DescriptorLimit Descriptors => Settings.Descriptors;

    internal StreamConnections Streams { get; }

    internal PeerLinks Peers { get; }

    internal SendBudget SendBudget { get; }

    internal IEngineEvents Events { get; }

    internal EngineClock Clock { get; }

    /// <summary>The relay sockets of all shards by local address; a reserved socket may move to another shard.</summary>
    internal ConcurrentDictionary<TransportAddress, RelaySocket> Relays { get; } = new();

    /// <summary>
    /// The buffers that datagrams are received into. A loop rents one while it handles datagrams, not while it waits; so their number is
    /// bounded by the threads at work, not by the sockets or by what strangers send.
    /// </summary>
    internal NativeBufferPool Buffers { get; } = new(Packet.BufferLength + 1, KeptBuffers);

    /// <inheritdoc/>
    public void Start(IReadOnlyList<RelayShard> shards)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(shards.Count, ShardCount);
        if (_shards.Length > 0) throw new InvalidOperationException("the engine is already started");

        _shards = [.. shards.Select((core, index) => new PortableShard(this, core, _listeners, index))];
        _listeners.Start();
        foreach (var stream in _listeners.Streams) Run(stream.RunAsync);
    }

    /// <inheritdoc/>
    public void Drain()
    {
        foreach (var shard in _shards) shard.Drain();
    }

    /// <inheritdoc/>
    public void Undrain()
    {
        foreach (var shard in _shards) shard.Undrain();
    }

    /// <inheritdoc/>
    public TResult? Call<TResult>(int shard, Func<RelayShard, Instant, TResult> call) =>
        shard < _shards.Length ? _shards[shard].Call(call) : default;

    /// <inheritdoc/>
    public void HandleTime()
    {
        foreach (var shard in _shards) shard.HandleTime();
    }

    /// <inheritdoc/>
    public void Reload(RelayStreamOptions streams, RelayBufferOptions buffers)
    {
        _settings = _settings with { Streams = streams, Buffers = buffers };
        SendBudget.Total = streams.TotalSendBufferBytes;
        Streams.SetBounds(streams);
    }

    /// <inheritdoc/>
    public void HandleAddresses(IReadOnlyList<IpAddress> addresses) => _listeners.HandleAddresses(addresses);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        // First the listeners, then the allocations, then the sockets.
        await _sweep.DisposeAsync();
        _listeners.Close();
        foreach (var shard in _shards) shard.Dispose();
        foreach (var relay in Relays.Values) relay.Close();
        Peers.Close();
        Streams.Close();

        Task[] loops;
        lock (_running) loops = [.. _loops];
        await Task.WhenAll(loops);
        Buffers.Dispose();
    }

    internal PortableShard? Shard(ushort index) => index < _shards.Length ? _shards[index] : null;

    internal PortableShard ShardOf(int connection) => _shards[(uint)connection % (uint)_shards.Length];

    internal void Run(Func<Task> work)
    {
        // Not on the caller's thread: it may hold a shard's lock, and the first bytes may have arrived.
        var loop = Task.Run(work);
        lock (_running) _loops.Add(loop);
        loop.ContinueWith(
            ended => { lock (_running) _loops.Remove(ended); },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void Sweep()
    {
        Streams.Sweep(Clock.Milliseconds);
        _listeners.Sweep();
        foreach (var (_, relay) in Relays) relay.CountDrops();
    }

    internal void ReportUnexpected(string where, Exception failure)
    {
        Counters.CountUnexpected();
        if (MayReport(ref _lastReport)) Events.Unexpected(where, failure, Interlocked.Exchange(ref _unreported, 0));
        else Interlocked.Increment(ref _unreported);
    }

    internal void ReportRelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure)
    {
        Counters.CountRelayNotOpened();
        if (MayReport(ref _lastNotOpenedReport)) Events.RelayNotOpened(asked, reason, failure);
    }

    // Clients can cause such events at will; they must not fill the log.
    private bool MayReport(ref long lastReport)
    {
        var last = Volatile.Read(ref lastReport);
        return Clock.Time.GetElapsedTime(last) >= ReportInterval
            && Interlocked.CompareExchange(ref lastReport, Clock.Time.GetTimestamp(), last) == last;
    }
}
