using Causeway.Blueprint.Formats;

namespace Causeway.Blueprint.Settings;

/// <summary>The days whose derived secrets are valid.</summary>
/// <param name="Previous">The day of the previous rotation; null when there was none, and when its secrets are no longer valid.</param>
public sealed record Rotation(DateOnly Current, DateOnly? Previous)
{
    /// <summary>The days after a rotation until the next one is due. The credential in the stack's outputs lasts as long.</summary>
    public const int Days = 90;

    public DateOnly Due => Current.AddDays(Days);

    /// <summary>Gets the stamps that secrets derive from, the current one first.</summary>
    public IEnumerable<string> Stamps => Previous is { } previous ? [IsoDay.Text(Current), IsoDay.Text(previous)] : [IsoDay.Text(Current)];
}
