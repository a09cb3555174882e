namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>
/// The subjects whose credentials no longer count, each until it would have expired anyway. Bounded: when it is full, the entry that ends first gives way.
/// Thread-safe.
/// </summary>
internal sealed class Revocations
{
    internal const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _until = [];
    private int _version;

    /// <summary>Grows with every revocation, so that a shard sees without a lock that there are new ones.</summary>
    internal int Version => Volatile.Read(ref _version);

    internal void Add(string subject, long until)
    {
        lock (_lock)
        {
            if (_until.TryGetValue(subject, out var known)) until = long.Max(known, until);
            else if (_until.Count == Capacity)
            {
                // What ends sooner than all that is there gives way itself: what has ended already must not push out what still holds.
                var first = _until.MinBy(entry => entry.Value);
                if (until <= first.Value) return;
                _until.Remove(first.Key);
            }

            _until[subject] = until;
            Volatile.Write(ref _version, _version + 1);
        }
    }

    internal bool Contains(string subject, long unixSeconds)
    {
        if (Version == 0) return false;
        lock (_lock)
        {
            if (!_until.TryGetValue(subject, out var until)) return false;
            if (unixSeconds < until) return true;
            _until.Remove(subject);
            return false;
        }
    }
}
