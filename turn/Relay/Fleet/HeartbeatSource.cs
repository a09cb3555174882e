using Causeway.Turn.Fleet;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Fleet;

/// <summary>What the relay has to say, and what it does with the answers; one for all receivers.</summary>
internal sealed class HeartbeatSource(RelayHost relay, HeartbeatConfiguration configuration, ILogger logger, TimeProvider time)
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
    public HeartbeatConfiguration Configuration => relay.Configuration.Heartbeat ?? configuration;

    /// <summary>The heartbeat of this moment.</summary>
    /// <param name="heard">What its receiver told last.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Heartbeat> NextAsync(long heard, CancellationToken cancellation)
    {
        var state = await StateAsync(cancellation);
        var now = time.GetUtcNow();
        var urls = Configuration;
        lock (_gate)
        {
            Measure();
            // Counts on from the time, so that a relay that was restarted goes on above what it said before.
            _sequence = long.Max(_sequence + 1, now.ToUnixTimeMilliseconds());
            return new()
            {
                Relay = configuration.Relay,
                Generation = configuration.Generation,
                Time = now.ToUnixTimeSeconds(),
                Sequence = _sequence,
                State = state,
                Load = Load(),
                StunUrls = urls.StunUrls,
                TurnUrls = urls.TurnUrls,
                Heard = heard,
            };
        }
    }

    /// <summary>Does what the answer says; doing it again does no harm.</summary>
    public void Obey(HeartbeatAnswer answer)
    {
        if (answer.Revoke.Count > 0)
        {
            relay.Revoke(answer.Revoke);
            logger.Revoked(answer.Revoke.Count);
        }

        if (answer.Drain && !relay.IsDraining)
        {
            logger.ToldToDrain(configuration.Generation);
            relay.Drain();
        }
    }

    private async Task<RelayState> StateAsync(CancellationToken cancellation)
    {
        if (relay.IsDraining) return RelayState.Draining;
        if (!relay.IsFull && NeedsProbe()) Judge(await relay.ProbeAsync(cancellation));
        // It may have been told so, or filled, meanwhile, and then the probe was refused for that.
        return relay.IsDraining ? RelayState.Draining : IsFull() ? RelayState.Full : _ready ? RelayState.Ready : RelayState.NotReady;
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
            var (full, capacity) = (relay.IsFull, relay.Capacity);
            if (full && !_full) logger.Full(capacity.Taken, capacity.Total);
            if (!full && _full) logger.RoomAgain(capacity.Taken, capacity.Total);
            return _full = full;
        }
    }

    // What is left counts: of two families one may have no port left while the other has all of its own.
    private RelayLoad Load()
    {
        var capacity = relay.Capacity;
        return new(int.Max(0, capacity.Total - capacity.Free), int.Max(1, capacity.Total), _bytesPerSecond);
    }

    private void Judge(IReadOnlyList<ProbeResult> results)
    {
        lock (_gate)
        {
            // The same one again, from memory, says nothing new.
            if (ReferenceEquals(results, _probed)) return;
            // Of a relay that filled meanwhile a refusal says nothing either.
            if (relay.IsFull && !results.All(result => result.IsRelayed)) return;
            (_probed, _probedAt) = (results, time.GetTimestamp());
            _failures = results.All(result => result.IsRelayed) ? 0 : _failures + 1;
            _ready = _failures == 0 || (_ready && _failures < FailuresToUnready);
        }
    }

    private void Measure()
    {
        var elapsed = time.GetElapsedTime(_bytesAt);
        if (elapsed < RateInterval) return;
        var bytes = relay.Counters.Sum(counters => counters.ToClients.Bytes + counters.ToPeers.Bytes);
        _bytesPerSecond = (long)((bytes - _bytes) / elapsed.TotalSeconds);
        (_bytes, _bytesAt) = (bytes, time.GetTimestamp());
    }
}
