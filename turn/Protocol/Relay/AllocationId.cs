namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// Names an allocation for as long as it lives and nothing afterwards: a slot is used again, its generation is not. The shard is
/// part of the name, so that whoever holds one knows which state machine to ask.
/// </summary>
/// <param name="Shard">The number of the shard that owns the allocation.</param>
/// <param name="Slot">The place in the shard's table.</param>
/// <param name="Generation">How often the slot was used before.</param>
public readonly record struct AllocationId(ushort Shard, int Slot, uint Generation)
{
    /// <summary><c>shard.slot.generation</c>, as logs show it.</summary>
    public override string ToString() => $"{Shard}.{Slot}.{Generation}";
}
