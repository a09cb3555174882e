namespace Causeway.Signalling.Sessions;

/// <summary>
/// The rate of one client's messages: so many in a second on average, bursts of twice as many. A client that goes beyond is told once and, if it
/// goes on for half a burst more, closed; until then its messages are taken, for one left out would break its numbering.
/// </summary>
/// <param name="perSecond">Messages in a second, on average.</param>
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
        // Frames are counted by whoever reads, messages by whoever handles them.
        lock (_gate) return Count();
    }

    private Verdict Count()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(2.0 * perSecond, _tokens + perSecond * time.GetElapsedTime(_last, now).TotalSeconds) - 1;
        _last = now;

        if (_tokens >= 0)
        {
            // Told again only after a real pause, not at each message of a client at the very edge.
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
        /// <summary>Take it.</summary>
        Pass,

        /// <summary>Take it, and tell the client that it is too fast.</summary>
        Tell,

        /// <summary>Close the client.</summary>
        Close,
    }
}
