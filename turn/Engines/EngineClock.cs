using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>The <see cref="Instant"/> of a host's clock.</summary>
internal sealed class EngineClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeProvider Time => time;

    public Instant Now => new((long)time.GetElapsedTime(_start).TotalMilliseconds, time.GetUtcNow().ToUnixTimeSeconds());
}
