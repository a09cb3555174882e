using System.Globalization;

namespace Causeway.Relay.Admin;

/// <summary>Where a page of sessions begins. Clients return it unread.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Slot">The slot in the shard.</param>
internal readonly record struct SessionCursor(int Shard, int Slot)
{
    public static bool TryParse(string text, out SessionCursor cursor)
    {
        cursor = default;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var slot)) return false;

        cursor = new(shard, slot);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shard}.{Slot}");
}
