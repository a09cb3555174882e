namespace Causeway.Turn.Client;

/// <summary>When a client refreshes what it holds: a minute early, so that lost packets can be repeated (RFC 8656 §4).</summary>
internal static class RefreshSchedule
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // Permissions last five minutes and are the first to end (RFC 8656 §9).
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    // A server that grants nothing is not asked again and again without a pause.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait before the next round of refreshes.</summary>
    public static TimeSpan Next(TimeSpan lifetime)
    {
        var early = lifetime > 2 * Margin ? lifetime - Margin : lifetime / 2;
        return early < Shortest ? Shortest : early < Longest ? early : Longest;
    }
}
