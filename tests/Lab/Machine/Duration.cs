using System.Globalization;

namespace Causeway.Lab.Machine;

/// <summary>Durations as the reports tell them.</summary>
internal static class Duration
{
    /// <summary>In minutes and seconds, as <c>5 minutes 4 s</c>; below a minute in seconds alone.</summary>
    public static string InWords(TimeSpan time)
    {
        var (minutes, seconds) = Math.DivRem((long)Math.Round(time.TotalSeconds), 60);
        return minutes == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes} minute{(minutes == 1 ? "" : "s")} {seconds} s");
    }
}
