using Causeway.Turn.Fleet;


namespace Causeway.Signalling.Relays;

/// <summary>
/// What relays are to be told of subjects that no longer count. Each revocation has a number; a relay repeats the last number that it was told, and is told
/// what came after it. Numbers begin at the time of this service's start, so that those of an earlier run are told apart from its own.
/// </summary>
internal sealed class RevocationLog(TimeProvider time)
{
    /// <summary>As many as a relay keeps.</summary>
    public const int Capacity = 10_000;

    private readonly Queue<Revocation> _waiting = new();
    private readonly long _start = time.GetUtcNow().ToUnixTimeMilliseconds();
    private long _first = time.GetUtcNow().ToUnixTimeMilliseconds() + 1;

    /// <summary>Adds one; beyond the capacity the oldest gives way.</summary>
    public void Add(Revocation revocation)
    {
        Forget();
        if (_waiting.Count == Capacity) Drop();
        _waiting.Enqueue(revocation);
    }

    /// <summary>What a relay that was told up to <paramref name="heard"/> is to be told now, and up to where that goes.</summary>
    public (IReadOnlyList<Revocation> Revocations, long Heard) After(long heard)
    {
        Forget();
        var last = _first + _waiting.Count - 1;
        if (heard < _start || heard > last) heard = _start;
        var skip = (int)long.Max(0, heard - _first + 1);
        List<Revocation> next = [.. _waiting.Skip(skip).Take(HeartbeatAnswer.MaxRevocations)];
        return (next, next.Count == 0 ? last : _first + skip + next.Count - 1);
    }

    // In the order in which they came: credentials last equally long, so that the oldest ends first.
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
