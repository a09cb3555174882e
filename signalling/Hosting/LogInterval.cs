namespace Causeway.Signalling.Hosting;

/// <summary>Anybody can bring a refusal about; a log they must not fill: one line in ten seconds tells enough.</summary>
internal sealed class LogInterval(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _toldAt;

    /// <summary>Whether a line may be written now.</summary>
    public bool MayTell()
    {
        lock (_gate)
        {
            if (_toldAt is { } at && time.GetElapsedTime(at) < Interval) return false;
            _toldAt = time.GetTimestamp();
            return true;
        }
    }
}
