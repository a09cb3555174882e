namespace Causeway.Signalling.Diagnostics;

/// <summary>Limits a log message that any client can cause to one in ten seconds, so that clients cannot flood the log.</summary>
internal sealed class LogInterval(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _loggedAt;

    /// <summary>Whether the message may be logged now.</summary>
    public bool MayLog()
    {
        lock (_gate)
        {
            if (_loggedAt is { } at && time.GetElapsedTime(at) < Interval) return false;
            _loggedAt = time.GetTimestamp();
            return true;
        }
    }
}
