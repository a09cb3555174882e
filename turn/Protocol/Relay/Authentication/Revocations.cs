namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>
/// The revoked subjects, each until its credentials have expired. Bounded: when the list is full, the entry that ends first is removed.
/// Thread-safe.
/// </summary>
internal sealed class Revocations
{
    internal const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _until = [];
    private int _version;

    /// <summary>Grows with every revocation, so that a shard notices new ones without a lock.</summary>
    internal int Version => Volatile.Read(ref _version);

    internal void Add(string subject, long until)
    {
        lock (_lock)
        {
            if (_until.TryGetValue(subject, out var known)) until = long.Max(known, until);
            else if (_until.Count == Capacity)
            {
                // A revocation that ends before all others isn't added: it must not replace one that lasts longer.
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
