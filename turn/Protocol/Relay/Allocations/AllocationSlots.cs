namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>
/// A shard's allocations by id. Everything that opens a socket takes a slot: an allocation, from its request on, and a reservation. Only
/// the shard writes; <see cref="Find"/> is thread-safe and lock-free.
/// </summary>
internal sealed class AllocationSlots(ushort shard)
{
    private readonly List<uint> _generations = [];
    private readonly Stack<int> _free = new();

    // Replaced to grow, so that a reader sees the old or the new array.
    private volatile Allocation?[] _allocations = new Allocation?[64];

    /// <summary>Slots in use.</summary>
    internal int Taken => _generations.Count - _free.Count;

    /// <summary>The number of slots that ever held an allocation at once, and some more.</summary>
    internal int Length => _allocations.Length;

    /// <summary>The allocation in a slot; null in an empty one.</summary>
    internal Allocation? At(int slot) => Volatile.Read(ref _allocations[slot]);

    internal AllocationId Take()
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _generations.Count;
            _generations.Add(0);
        }

        return new(shard, slot, _generations[slot]);
    }

    internal void Set(Allocation allocation)
    {
        var allocations = _allocations;
        if (allocation.Id.Slot >= allocations.Length)
            Array.Resize(ref allocations, int.Max(allocation.Id.Slot + 1, 2 * allocations.Length));
        Volatile.Write(ref allocations[allocation.Id.Slot], allocation);
        _allocations = allocations;
    }

    internal Allocation? Find(in AllocationId id)
    {
        var allocations = _allocations;
        if (id.Shard != shard || (uint)id.Slot >= (uint)allocations.Length) return null;
        var allocation = Volatile.Read(ref allocations[id.Slot]);
        return allocation?.Id.Generation == id.Generation ? allocation : null;
    }

    internal void Free(in AllocationId id)
    {
        var allocations = _allocations;
        if (id.Slot < allocations.Length) Volatile.Write(ref allocations[id.Slot], null);
        _generations[id.Slot] = id.Generation + 1;
        _free.Push(id.Slot);
    }
}
