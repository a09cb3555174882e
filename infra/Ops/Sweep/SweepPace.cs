namespace Causeway.Ops.Sweep;

/// <summary>The limits of the sweep's retries, waits and concurrency.</summary>
internal sealed record SweepPace
{
    /// <summary>Gets the maximum of attempts for a request that is throttled or gets no response. Defaults to 10.</summary>
    public int Requests { get; init; } = 10;

    /// <summary>Gets the maximum of attempts to delete a resource that is in use. Defaults to 15.</summary>
    public int Removals { get; init; } = 15;

    /// <summary>Gets the maximum of time for the deletion of one resource. Defaults to 10 minutes.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets the maximum of the first pause. Defaults to 1 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the maximum of all pauses. Defaults to 20 s.</summary>
    public TimeSpan Most { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Gets the maximum of concurrent requests. Defaults to 8; EC2's token bucket for changes contains about 50 requests per account.
    /// </summary>
    public int AtOnce { get; init; } = 8;

    /// <summary>The pause before the next attempt: exponential backoff with full jitter, so that two sweeps don't stay in step.</summary>
    /// <param name="tried">The number of attempts so far, from 1.</param>
    /// <param name="random">The jitter; used under a lock.</param>
    public TimeSpan Pause(int tried, Random random)
    {
        var most = Math.Min(Most.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(tried - 1, 20)));
        lock (random) return TimeSpan.FromSeconds(most * random.NextDouble());
    }
}
