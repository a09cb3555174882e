using Causeway.Turn.Fleet;


namespace Causeway.Signalling.Relays;

/// <summary>
/// The revoked subjects that relays must hear of. Each revocation has a number; a relay sends the last number that it knows and gets what
/// followed. Numbers start at the time of this service's start, so that those of an earlier run are recognized.
/// </summary>
internal sealed class RevocationLog(TimeProvider time)
{
    /// <summary>The most revocations, the same as a relay keeps.</summary>
    public const int Capacity = 10_000;

    private readonly Queue<Revocation> _waiting = new();
    private readonly long _start = time.GetUtcNow().ToUnixTimeMilliseconds();
    private long _first = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;

    /// <summary>Adds a revocation; beyond the capacity the oldest is dropped.</summary>
    public void Add(Revocation revocation)
    {
        Forget();
        if (_waiting.Count == Capacity) Drop();
        _waiting.Enqueue(revocation);
    }

    /// <summary>
    /// Gets the next revocations for a relay that knows those up to <paramref name="heard"/>, and the number of the last one.
    /// </summary>
    public (IReadOnlyList<Revocation> Revocations, long Heard) After(long heard)
    {
        Forget();
        var last = _first + _waiting.Count - 1;
        if (heard < _start || heard > last) heard = _start;
        var skip = (int)long.Max(0, heard - _first + 1);
        List<Revocation> next = [.. _waiting.Skip(skip).Take(HeartbeatAnswer.MaxRevocations)];
        return (next, next.Count == 0 ? last : _first + skip + next.Count - 1);
    }

    // In order of arrival: credentials have the same lifetime, so the oldest expires first.
    private void Forget()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        while (_waiting.TryPeek(out var oldest) && oldest.Until <= now) Drop();
    }

    private void Drop()
    {
        _waiting.Dequeue();
        _first++;
    }
}
