using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>How many allocations and reservations there are, of all and of each subject. Thread-safe; touched when one begins or ends.</summary>
internal sealed class Quotas(int maxAllocations, int maxPerSubject)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _bySubject = [];
    private int _all;

    /// <summary>All of them; a moment old.</summary>
    internal int Taken => Volatile.Read(ref _all);

    /// <summary>The number of subjects that have any; a moment old.</summary>
    internal int Subjects
    {
        get
        {
            lock (_lock) return _bySubject.Count;
        }
    }

    /// <summary>Takes <paramref name="count"/> at once, or none.</summary>
    /// <returns>0 when they were taken, else the error to answer.</returns>
    internal StunErrorCode Take(string subject, int count)
    {
        lock (_lock)
        {
            var own = _bySubject.GetValueOrDefault(subject);
            if (own + count > maxPerSubject) return StunErrorCode.AllocationQuotaReached;
            if (_all + count > maxAllocations) return StunErrorCode.InsufficientCapacity;
            _bySubject[subject] = own + count;
            _all += count;
            return 0;
        }
    }

    /// <summary>Gives one back.</summary>
    internal void Return(string subject)
    {
        lock (_lock)
        {
            _all--;
            if (--_bySubject[subject] == 0) _bySubject.Remove(subject);
        }
    }
}
