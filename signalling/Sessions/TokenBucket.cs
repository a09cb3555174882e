namespace Causeway.Signalling.Sessions;

/// <summary>
/// Limits one client's message rate: an average per second, with bursts of twice that. A client beyond the limit is warned once and, after
/// half a burst more, closed. Until then its messages are accepted, because a missing one would break its numbering.
/// </summary>
/// <param name="perSecond">Messages per second, on average.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenBucket(int perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = 2.0 * perSecond;
    private long _last = time.GetTimestamp();
    private bool _told;

    /// <summary>Counts one message.</summary>
    public Verdict Take()
    {
        // Frames are counted where they are read, messages where they are handled: on two threads.
        lock (_gate) return Count();
    }

    private Verdict Count()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(2.0 * perSecond, _tokens + perSecond * time.GetElapsedTime(_last, now).TotalSeconds) - 1;
        _last = now;

        if (_tokens >= 0)
        {
            // Warned again only after a real pause, not for each message of a client at the limit.
            if (_tokens >= perSecond) _told = false;
            return Verdict.Pass;
        }

        if (_tokens < -perSecond) return Verdict.Close;
        if (_told) return Verdict.Pass;
        _told = true;
        return Verdict.Tell;
    }

    /// <summary>What to do about a message.</summary>
    public enum Verdict
    {
        /// <summary>Accept it.</summary>
        Pass,

        /// <summary>Accept it, and warn the client.</summary>
        Tell,

        /// <summary>Close the client.</summary>
        Close,
    }
}
