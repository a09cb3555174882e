namespace Causeway.Ops.Sweep;

/// <summary>How often and for how long the sweep tries, and how much it does at a time.</summary>
internal sealed record SweepPace
{
    /// <summary>How often a request is sent that passes off as throttled or lost. Defaults to 10.</summary>
    public int Requests { get; init; } = 10;

    /// <summary>How often a removal is tried that is refused because something is in use. Defaults to 15.</summary>
    public int Removals { get; init; } = 15;

    /// <summary>For how long one resource is tried and waited for. Defaults to 10 minutes.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most that the first pause takes. Defaults to 1 s.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most that any pause takes. Defaults to 20 s.</summary>
    public TimeSpan Most { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many requests are under way at a time. Defaults to 8: EC2 gives an account buckets of about 50 changing
    /// requests.</summary>
    public int AtOnce { get; init; } = 8;

    /// <summary>A pause before the next try: exponential back-off with full jitter, so that two sweeps do not meet again and
    /// again.</summary>
    /// <param name="tried">How often it was tried, from 1.</param>
    /// <param name="random">The jitter; used under a lock.</param>
    public TimeSpan Pause(int tried, Random random)
    {
        var most = Math.Min(Most.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(tried - 1, 20)));
        lock (random) return TimeSpan.FromSeconds(most * random.NextDouble());
    }
}
