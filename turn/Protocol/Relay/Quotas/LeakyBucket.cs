namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>A leaky bucket, stored as the time when it will be empty. Thread-safe and lock-free.</summary>
internal static class LeakyBucket
{
    /// <summary>Adds a drop; false when the bucket would overflow. All times are in the same unit.</summary>
    /// <param name="emptyAt">When the bucket is empty.</param>
    /// <param name="now">The time.</param>
    /// <param name="interval">The time in which one drop leaks out.</param>
    /// <param name="burst">The time in which the drops leak out that are there before the last one that fits.</param>
    internal static bool TryTake(ref long emptyAt, long now, long interval, long burst)
    {
        while (true)
        {
            var seen = Volatile.Read(ref emptyAt);
            var from = long.Max(seen, now);
            if (from - now > burst) return false;
            if (Interlocked.CompareExchange(ref emptyAt, from + interval, seen) == seen) return true;
        }
    }
}
