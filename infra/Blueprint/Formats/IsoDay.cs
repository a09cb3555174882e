using System.Globalization;

namespace Causeway.Blueprint.Formats;

/// <summary>Days in settings, tags and messages: <c>2026-12-31</c> (ISO 8601).</summary>
public static class IsoDay
{
    private const string Format = "yyyy-MM-dd";

    public static string Text(DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Reads a day; null when the text isn't one.</summary>
    public static DateOnly? TryRead(string? text) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
