namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>
/// Limits the ICMP errors that are reported to one client: a leaky bucket, stored as the time when it will be empty. Thread-safe.
/// </summary>
internal struct PeerErrorLimit
{
    /// <summary>How many pass at once: a client that tries a dozen candidates gets those of each.</summary>
    internal const int Burst = 20;

    /// <summary>The milliseconds for each further one.</summary>
    internal const int IntervalMilliseconds = 100;

    private long _emptyAt;

    /// <summary>Counts an error; false when it exceeds the rate.</summary>
    internal bool TryTake(Instant now)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _emptyAt);
            var emptyAt = long.Max(seen, now.Milliseconds);
            if (emptyAt - now.Milliseconds > (Burst - 1) * IntervalMilliseconds) return false;
            if (Interlocked.CompareExchange(ref _emptyAt, emptyAt + IntervalMilliseconds, seen) == seen) return true;
        }
    }
}
