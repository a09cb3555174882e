using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>Limits the ICMP errors that are reported to one client. Thread-safe.</summary>
internal struct PeerErrorLimit
{
    /// <summary>How many pass at once: a client that tries a dozen candidates gets those of each.</summary>
    internal const int Burst = 20;

    /// <summary>The milliseconds for each further one.</summary>
    internal const int IntervalMilliseconds = 100;

    private long _emptyAt;

    /// <summary>Counts an error; false when it exceeds the rate.</summary>
    internal bool TryTake(Instant now) =>
        LeakyBucket.TryTake(ref _emptyAt, now.Milliseconds, IntervalMilliseconds, (Burst - 1) * IntervalMilliseconds);
}
