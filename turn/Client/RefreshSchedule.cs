namespace Causeway.Turn.Client;

/// <summary>When a client refreshes its allocation: a minute early, so that lost packets can be repeated (RFC 8656 §4).</summary>
internal static class RefreshSchedule
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // Permissions expire first, after five minutes (RFC 8656 §9).
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    // A pause for servers that grant no lifetime.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The time until the next round of refreshes.</summary>
    public static TimeSpan Next(TimeSpan lifetime)
    {
        var early = lifetime > 2 * Margin ? lifetime - Margin : lifetime / 2;
        return early < Shortest ? Shortest : early < Longest ? early : Longest;
    }
}
