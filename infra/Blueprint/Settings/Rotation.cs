using Causeway.Blueprint.Formats;

namespace Causeway.Blueprint.Settings;

/// <summary>The two stamps that derived secrets may belong to at one time.</summary>
/// <param name="Current">The day of this rotation.</param>
/// <param name="Previous">The day of the one before; null when there was none, or when its secrets shall no longer count.</param>
public sealed record Rotation(DateOnly Current, DateOnly? Previous)
{
    /// <summary>The days after a rotation until the next one is due. The credential in the stack's outputs lasts as long.</summary>
    public const int Days = 90;

    /// <summary>The day on which the next rotation is due.</summary>
    public DateOnly Due => Current.AddDays(Days);

    /// <summary>The stamps that secrets are derived for, the current one first.</summary>
    public IEnumerable<string> Stamps => Previous is { } previous ? [IsoDay.Text(Current), IsoDay.Text(previous)] : [IsoDay.Text(Current)];
}
