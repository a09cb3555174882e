using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>The <see cref="Instant"/> of a host's clock.</summary>
internal sealed class EngineClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeProvider Time => time;

    /// <summary>Milliseconds since the engine was created; never goes back.</summary>
    public long Milliseconds => (long)time.GetElapsedTime(_start).TotalMilliseconds;

    public Instant Now => new(Milliseconds, time.GetUtcNow().ToUnixTimeSeconds());
}
