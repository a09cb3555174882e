namespace Causeway.Turn.Protocol.Relay;

/// <summary>A shard's allocations by id. A slot is taken for everything that opens a socket: an allocation from its request on, and a reservation.</summary>
internal sealed class AllocationSlots(ushort shard)
{
    private readonly List<(Allocation? Allocation, uint Generation)> _slots = [];
    private readonly Stack<int> _free = new();

    /// <summary>Slots in use.</summary>
    internal int Taken => _slots.Count - _free.Count;

    internal AllocationId Take()
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _slots.Count;
            _slots.Add(default);
        }

        return new(shard, slot, _slots[slot].Generation);
    }

    internal void Set(Allocation allocation) => _slots[allocation.Id.Slot] = (allocation, allocation.Id.Generation);

    internal Allocation? Find(in AllocationId id)
    {
        if (id.Shard != shard || (uint)id.Slot >= (uint)_slots.Count) return null;
        var (allocation, generation) = _slots[id.Slot];
        return generation == id.Generation ? allocation : null;
    }

    internal void Free(in AllocationId id)
    {
        _slots[id.Slot] = (null, id.Generation + 1);
        _free.Push(id.Slot);
    }
}
