namespace Causeway.Turn.Protocol;

/// <summary>
/// The <c>now</c> that every input of the core carries. It has two clocks: timers need one that never jumps, and credentials expire by
/// the wall clock.
/// </summary>
/// <param name="Milliseconds">Monotonic time in milliseconds, from any origin; never goes back.</param>
/// <param name="UnixSeconds">Seconds since 1970 (UTC).</param>
public readonly record struct Instant(long Milliseconds, long UnixSeconds);
