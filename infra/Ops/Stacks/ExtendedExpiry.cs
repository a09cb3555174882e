using System.Globalization;
using Causeway.Blueprint.Formats;

namespace Causeway.Ops.Stacks;

/// <summary>Until when a demo is kept: what was asked for, judged against today and the day that holds now.</summary>
internal static class ExtendedExpiry
{
    /// <summary>How far ahead a demo may be kept by one command. What is needed for longer is extended again, or is production.</summary>
    public const int MaxDays = 90;

    /// <summary>The day after which the demo expires.</summary>
    /// <param name="days">Days from today; null when a day was said.</param>
    /// <param name="until">The day that was said; null when days were.</param>
    /// <param name="current">The day that holds now; null when there is none.</param>
    /// <param name="today">Today (UTC).</param>
    /// <returns>The day: never an earlier one than holds now.</returns>
    /// <exception cref="OpsException">The day cannot be meant.</exception>
    public static DateOnly Of(int? days, DateOnly? until, DateOnly? current, DateOnly today)
    {
        if (days is not null && until is not null) throw Wrong("--days and --until: both say the day; say one of them");
        if (until is not { } day) return current is { } kept && kept > today.AddDays(Bounded(days)) ? kept : today.AddDays(Bounded(days));

        var text = IsoDay.Text(day);
        if (day < today) throw Wrong($"--until: {text} has passed; write today or a later day");
        if (day < current)
            throw Wrong($"--until: {text} is earlier than {IsoDay.Text(current.Value)}, when the demo expires now; this command only extends");
        var most = today.AddDays(MaxDays);
        if (day > most && day != current)
        {
            throw Wrong($"--until: {text} is more than {MaxDays} days from today; write {IsoDay.Text(most)} or an earlier day, "
                + "and extend again later (a stack that stays is stage: production)");
        }
        return day;
    }

    /// <summary>Reads a number of days.</summary>
    /// <exception cref="OpsException">It is none, or out of range.</exception>
    public static int? Days(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MaxDays
            ? days
            : throw Wrong($"--days: '{text}' is not a number of days from 1 to {MaxDays}");

    /// <summary>Reads a day.</summary>
    /// <exception cref="OpsException">It is none.</exception>
    public static DateOnly? Until(string text) =>
        IsoDay.TryRead(text) ?? throw Wrong($"--until: '{text}' is not a day; write one as 2026-12-31");

    /// <summary>How far away a day is: <c>in 14 days</c>, <c>today</c>, <c>3 days ago</c>.</summary>
    public static string Away(DateOnly day, DateOnly today) => (day.DayNumber - today.DayNumber) switch
    {
        0 => "today",
        1 => "in 1 day",
        -1 => "1 day ago",
        < 0 and var ago => $"{-ago} days ago",
        var days => $"in {days} days",
    };

    private static int Bounded(int? days) => days ?? StackDefaults.DemoDays;

    private static OpsException Wrong(string message) => new(message, OpsException.Wrong);
}
