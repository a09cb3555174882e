using System.Globalization;
using Causeway.Blueprint.Formats;

namespace Causeway.Ops.Stacks;

/// <summary>The new expiry of a demo: a request, checked against today and the current expiry.</summary>
internal static class ExtendedExpiry
{
    /// <summary>The maximum of days from today. To keep a demo longer, extend it again, or make it a production stack.</summary>
    public const int MaxDays = 90;

    /// <summary>The last day of the demo.</summary>
    /// <param name="days">The number of days from today; null if a day or neither was given.</param>
    /// <param name="until">The given day; null if a number of days or neither was given.</param>
    /// <param name="current">The current expiry; null if there is none.</param>
    /// <param name="today">Today (UTC).</param>
    /// <returns>The day, which is never before the current expiry.</returns>
    /// <exception cref="OpsException">The request is invalid.</exception>
    public static DateOnly Of(int? days, DateOnly? until, DateOnly? current, DateOnly today)
    {
        if (days is not null && until is not null) throw Wrong("--days and --until exclude each other; pass one of them");
        if (until is not { } day)
        {
            var later = today.AddDays(days ?? StackDefaults.DemoDays);
            return current is { } kept && kept > later ? kept : later;
        }

        var text = IsoDay.Text(day);
        if (day < today) throw Wrong($"--until: {text} has passed; pass today or a later day");
        if (day < current)
            throw Wrong($"--until: {text} is before the current expiry, {IsoDay.Text(current.Value)}; this command only extends");
        var most = today.AddDays(MaxDays);
        if (day > most && day != current)
        {
            throw Wrong($"--until: {text} is more than {MaxDays} days from today; pass {IsoDay.Text(most)} or an earlier day, "
                + "and extend again later, or set stage to production");
        }
        return day;
    }

    /// <summary>Parses a number of days.</summary>
    /// <exception cref="OpsException">The number is invalid.</exception>
    public static int? Days(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MaxDays
            ? days
            : throw Wrong($"--days: invalid value '{text}'; pass 1 to {MaxDays} days");

    /// <summary>Parses a day.</summary>
    /// <exception cref="OpsException">The day is invalid.</exception>
    public static DateOnly? Until(string text) =>
        IsoDay.TryRead(text) ?? throw Wrong($"--until: invalid day '{text}'; pass one such as 2026-12-31");

    /// <summary>The distance of a day: <c>in 14 days</c>, <c>today</c>, <c>3 days ago</c>.</summary>
    public static string Away(DateOnly day, DateOnly today) => (day.DayNumber - today.DayNumber) switch
    {
        0 => "today",
        1 => "in 1 day",
        -1 => "1 day ago",
        < 0 and var ago => $"{-ago} days ago",
        var days => $"in {days} days",
    };

    private static OpsException Wrong(string message) => new(message, OpsException.Wrong);
}
