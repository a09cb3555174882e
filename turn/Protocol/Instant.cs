namespace Causeway.Turn.Protocol;

/// <summary>
/// The <c>now</c> that every input of the core carries. Two clocks, because they serve two ends: timers must not jump when
/// somebody sets the clock, and credentials expire by the world's time.
/// </summary>
/// <param name="Milliseconds">Monotonic time in milliseconds, from any origin; never goes back.</param>
/// <param name="UnixSeconds">Seconds since 1970 (UTC).</param>
public readonly record struct Instant(long Milliseconds, long UnixSeconds);
