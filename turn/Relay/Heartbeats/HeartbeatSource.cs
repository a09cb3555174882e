using Causeway.Relay.Diagnostics;
using Causeway.Relay.Probing;
using Causeway.Relay.Settings;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Heartbeats;

/// <summary>What an answer of signalling may have the relay do.</summary>
internal interface IRelayCommands
{
    /// <summary>Refuses new allocations.</summary>
    void Drain();

    /// <summary>Refuses subjects from now on, and ends their allocations.</summary>
    void Revoke(IEnumerable<Revocation> revocations);
}

/// <summary>What the relay has to say, and what it does with the answers; one for all receivers.</summary>
internal sealed class HeartbeatSource(
    RelayStatus status, SelfProbe probe, IRelayCommands commands, Func<HeartbeatConfiguration> configuration, ILogger logger, TimeProvider time)
{
    // A probe makes an allocation on every listener: often enough to notice what broke, seldom enough not to matter.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(1);

    // A busy machine may lose one; all clients are moved when the relay is not ready any more.
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

    /// <summary>The settings of this moment; a reload may bring another key, interval and URLs.</summary>
    public HeartbeatConfiguration Configuration => configuration();

    /// <summary>The heartbeat of this moment.</summary>
    /// <param name="heard">What its receiver told last.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Heartbeat> NextAsync(long heard, CancellationToken cancellation)
    {
        var state = await StateAsync(cancellation);
        var now = time.GetUtcNow();
        var settings = Configuration;
        lock (_gate)
        {
            Measure();
            // Counts on from the time, so that a relay that was restarted goes on above what it said before.
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

    /// <summary>Does what the answer says; doing it again does no harm.</summary>
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
        // It may have been told so, or filled, meanwhile, and then the probe was refused for that.
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

    // What is left counts: of two families one may have no port left while the other has all of its own.
    private RelayLoad Load()
    {
        var capacity = status.Capacity;
        return new(int.Max(0, capacity.Total - capacity.Free), int.Max(1, capacity.Total), _bytesPerSecond);
    }

    private void Judge(IReadOnlyList<ProbeResult> results)
    {
        lock (_gate)
        {
            // The same one again, from memory, says nothing new.
            if (ReferenceEquals(results, _probed)) return;
            // Of a relay that filled meanwhile a refusal says nothing either.
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
