using Causeway.Turn.Options;

namespace Causeway.Relay.Settings;

/// <summary>The ranges of <c>relay.lifetimes</c>. On the wire lifetimes are whole seconds.</summary>
internal static class LifetimeRules
{
    private static readonly TimeSpan ShortestAllocation = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAllocation = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestNonce = TimeSpan.FromMinutes(1);

    // RFC 8656 §5: a nonce expires at least once an hour; §7.2: a token is valid for at least 30 s.
    private static readonly TimeSpan LongestNonce = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestReservation = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestReservation = TimeSpan.FromMinutes(10);

    public static void Check(RelayLifetimeOptions lifetimes, ICollection<string> mistakes)
    {
        CheckRange("allocation", lifetimes.Allocation, ShortestAllocation, LongestAllocation, mistakes);
        CheckRange("maxAllocation", lifetimes.MaxAllocation, ShortestAllocation, LongestAllocation, mistakes);
        if (lifetimes.MaxAllocation < lifetimes.Allocation)
        {
            mistakes.Add(
                $"relay.lifetimes.maxAllocation: {lifetimes.MaxAllocation} is less than relay.lifetimes.allocation, "
                + $"{lifetimes.Allocation}; write at least as much");
        }

        CheckRange("nonce", lifetimes.Nonce, ShortestNonce, LongestNonce, mistakes);
        CheckRange("reservation", lifetimes.Reservation, ShortestReservation, LongestReservation, mistakes);
    }

    private static void CheckRange(string name, TimeSpan value, TimeSpan shortest, TimeSpan longest, ICollection<string> mistakes)
    {
        var key = $"relay.lifetimes.{name}";
        if (value < shortest || value > longest) mistakes.Add($"{key}: {value} is out of range; write {shortest} to {longest}");
        else if (value.Ticks % TimeSpan.TicksPerSecond != 0) mistakes.Add($"{key}: {value} has parts of a second; write whole seconds");
    }
}
