using Causeway.Relay.Diagnostics;
using Causeway.Relay.Probing;
using Causeway.Relay.Settings;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Heartbeats;

/// <summary>The commands in signalling's answers.</summary>
internal interface IRelayCommands
{
    /// <summary>Refuses new allocations.</summary>
    void Drain();

    /// <summary>Refuses subjects from now on, and ends their allocations.</summary>
    void Revoke(IEnumerable<Revocation> revocations);
}

/// <summary>Creates the relay's heartbeats and obeys the answers; one for all receivers.</summary>
internal sealed class HeartbeatSource(
    RelayStatus status,
    SelfProbe probe,
    IRelayCommands commands,
    Func<HeartbeatConfiguration> configuration,
    ILogger logger,
    TimeProvider time)
{
    // A probe allocates on every listener: often enough to notice failures, rarely enough not to matter.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(1);

    // A busy machine may fail one; all clients are moved when the relay is no longer ready.
    private const int FailuresToUnready = 2;

    private readonly Lock _gate = new();
    private long _sequence;
    private IReadOnlyList<ProbeResult>? _probed;
    private long _probedAt;
    private bool _ready;
    private int _failures;
    private bool _full;
    private long _bytes;
    private long _bytesAt = time.GetTimestamp();
    private long _bytesPerSecond;

    /// <summary>The current settings; a reload may change key, interval and URLs.</summary>
    public HeartbeatConfiguration Configuration => configuration();

    /// <summary>Creates a heartbeat.</summary>
    /// <param name="heard">The number of the receiver's last answer.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<Heartbeat> NextAsync(long heard, CancellationToken cancellation)
    {
        var state = await StateAsync(cancellation);
        var now = time.GetUtcNow();
        var settings = Configuration;
        lock (_gate)
        {
            Measure();
            // At least the time, so that the sequence continues after a restart.
            _sequence = long.Max(_sequence + 1, now.ToUnixTimeMilliseconds());
            return new()
            {
                Relay = settings.Relay,
                Generation = settings.Generation,
                Time = now.ToUnixTimeSeconds(),
                Sequence = _sequence,
                State = state,
                Load = Load(),
                StunUrls = settings.StunUrls,
                TurnUrls = settings.TurnUrls,
                Heard = heard,
            };
        }
    }

    /// <summary>Obeys an answer; idempotent.</summary>
    public void Obey(HeartbeatAnswer answer)
    {
        if (answer.Revoke.Count > 0)
        {
            commands.Revoke(answer.Revoke);
            logger.Revoked(answer.Revoke.Count);
        }

        if (answer.Drain && !status.IsDraining)
        {
            logger.ToldToDrain(Configuration.Generation);
            commands.Drain();
        }
    }

    private async Task<RelayState> StateAsync(CancellationToken cancellation)
    {
        if (status.IsDraining) return RelayState.Draining;
        if (!status.IsFull && NeedsProbe()) Judge(await probe.RunAsync(cancellation));
        // It may have begun to drain, or become full, meanwhile; then the probe was refused for that.
        return status.IsDraining ? RelayState.Draining : IsFull() ? RelayState.Full : _ready ? RelayState.Ready : RelayState.NotReady;
    }

    private bool NeedsProbe()
    {
        lock (_gate)
        {
            return !_ready || _failures > 0 || time.GetElapsedTime(_probedAt) >= ProbeInterval;
        }
    }

    private bool IsFull()
    {
        lock (_gate)
        {
            var (full, capacity) = (status.IsFull, status.Capacity);
            if (full && !_full) logger.Full(capacity.Taken, capacity.Total);
            if (!full && _full) logger.RoomAgain(capacity.Taken, capacity.Total);
            return _full = full;
        }
    }

    // Computed from what is free: of two families one may have no free port while the other has all.
    private RelayLoad Load()
    {
        var capacity = status.Capacity;
        return new(int.Max(0, capacity.Total - capacity.Free), int.Max(1, capacity.Total), _bytesPerSecond);
    }

    private void Judge(IReadOnlyList<ProbeResult> results)
    {
        lock (_gate)
        {
            // The same cached result again.
            if (ReferenceEquals(results, _probed)) return;
            // If the relay became full meanwhile, a refusal tells nothing.
            if (status.IsFull && !results.All(result => result.IsRelayed)) return;
            (_probed, _probedAt) = (results, time.GetTimestamp());
            _failures = results.All(result => result.IsRelayed) ? 0 : _failures + 1;
            _ready = _failures == 0 || (_ready && _failures < FailuresToUnready);
        }
    }

    private void Measure()
    {
        var elapsed = time.GetElapsedTime(_bytesAt);
        if (elapsed < RateInterval) return;
        var bytes = status.Counters.Sum(counters => counters.ToClients.Bytes + counters.ToPeers.Bytes);
        _bytesPerSecond = (long)((bytes - _bytes) / elapsed.TotalSeconds);
        (_bytes, _bytesAt) = (bytes, time.GetTimestamp());
    }
}
