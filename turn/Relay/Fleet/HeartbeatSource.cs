using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Fleet;

/// <summary>What the relay has to say, and what it does with the answers; one for all receivers.</summary>
internal sealed class HeartbeatSource(RelayHost relay, HeartbeatConfiguration configuration, int capacity, ILogger logger, TimeProvider time)
{
    // A probe makes an allocation on every listener: often enough to notice what broke, seldom enough not to matter.
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _sequence;
    private bool? _probed;
    private long _probedAt;
    private long _bytes;
    private long _bytesAt = time.GetTimestamp();
    private long _bytesPerSecond;

    public HeartbeatConfiguration Configuration => configuration;

    /// <summary>The heartbeat of this moment.</summary>
    /// <param name="heard">What its receiver told last.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Heartbeat> NextAsync(long heard, CancellationToken cancellation)
    {
        var state = await StateAsync(cancellation);
        var now = time.GetUtcNow();
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
                Load = new(relay.Allocations, capacity, _bytesPerSecond),
                StunUrls = configuration.StunUrls,
                TurnUrls = configuration.TurnUrls,
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
        if (_probed != true || time.GetElapsedTime(_probedAt) >= ProbeInterval)
        {
            var results = await relay.ProbeAsync(cancellation);
            lock (_gate) (_probed, _probedAt) = (results.All(result => result.IsRelayed), time.GetTimestamp());
        }

        // It may have been told so meanwhile, and then the probe was refused for that.
        return relay.IsDraining ? RelayState.Draining : _probed == true ? RelayState.Ready : RelayState.NotReady;
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
