namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>Something with a deadline.</summary>
internal abstract class Timed
{
    /// <summary>The deadline in monotonic milliseconds.</summary>
    internal long Deadline { get; set; }

    /// <summary>The index in the heap; -1 without a deadline.</summary>
    internal int HeapIndex { get; set; } = -1;
}

/// <summary>
/// A binary heap by deadline. Every item knows its index, so that a deadline moves without leaving an old entry: the heap never exceeds the
/// number of live items, however often clients refresh them.
/// </summary>
internal sealed class ShardTimers
{
    private readonly List<Timed> _heap = [];

    /// <summary>The earliest deadline; <see cref="long.MaxValue"/> when the heap is empty.</summary>
    internal long Next => _heap.Count == 0 ? long.MaxValue : _heap[0].Deadline;

    /// <summary>Sets or moves a deadline.</summary>
    internal void Set(Timed item, long deadline)
    {
        item.Deadline = deadline;
        if (item.HeapIndex < 0)
        {
            item.HeapIndex = _heap.Count;
            _heap.Add(item);
        }

        Down(Up(item.HeapIndex));
    }

    /// <summary>Removes an item.</summary>
    internal void Remove(Timed item)
    {
        var at = item.HeapIndex;
        if (at < 0) return;

        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        item.HeapIndex = -1;
        if (last == item) return;

        Put(last, at);
        Down(Up(at));
    }

    /// <summary>Removes the earliest item, if it is due at <paramref name="now"/>.</summary>
    internal bool TryTakeDue(long now, out Timed item)
    {
        item = null!;
        if (Next > now) return false;
        item = _heap[0];
        Remove(item);
        return true;
    }

    private int Up(int at)
    {
        while (at > 0 && _heap[at].Deadline < _heap[(at - 1) / 2].Deadline)
        {
            Swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }

        return at;
    }

    private void Down(int at)
    {
        while (true)
        {
            var (earliest, left, right) = (at, at * 2 + 1, at * 2 + 2);
            if (left < _heap.Count && _heap[left].Deadline < _heap[earliest].Deadline) earliest = left;
            if (right < _heap.Count && _heap[right].Deadline < _heap[earliest].Deadline) earliest = right;
            if (earliest == at) return;
            Swap(at, earliest);
            at = earliest;
        }
    }

    private void Swap(int a, int b)
    {
        var (first, second) = (_heap[a], _heap[b]);
        Put(second, a);
        Put(first, b);
    }

    private void Put(Timed item, int at)
    {
        _heap[at] = item;
        item.HeapIndex = at;
    }
}
