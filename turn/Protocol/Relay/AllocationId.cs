using System.Globalization;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// Identifies an allocation for as long as it lives, and nothing afterwards: a slot is used again with another generation. The shard is
/// part of the id, so that its holder knows which state machine to call.
/// </summary>
/// <param name="Shard">The number of the shard that owns the allocation.</param>
/// <param name="Slot">The index in the shard's table.</param>
/// <param name="Generation">How often the slot was used before.</param>
public readonly record struct AllocationId(ushort Shard, int Slot, uint Generation)
{
    /// <summary>Reads the form of <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, out AllocationId id)
    {
        id = default;
        var parts = text.Split('.', 4);
        if (parts.Length != 3
            || !ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
            || !uint.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)) return false;

        id = new(shard, slot, generation);
        return true;
    }

    /// <summary><c>shard.slot.generation</c>, as in logs.</summary>
    public override string ToString() => $"{Shard}.{Slot}.{Generation}";
}
