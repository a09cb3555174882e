using System.Diagnostics.CodeAnalysis;

namespace Causeway.Signalling.Names;

/// <summary>
/// The names of rooms: 1 to 64 letters, marks and digits of any script, <c>_</c> and <c>-</c>. Names that differ only in case or
/// composition are the same room. Invisible characters are refused, so that names cannot look alike because of them.
/// </summary>
public static class RoomName
{
    /// <summary>The longest name in characters (code points) of its canonical form.</summary>
    public const int MaxLength = 64;

    /// <summary>The longest text that is examined, in UTF-16 units: a letter may consist of several characters.</summary>
    public const int MaxGiven = 512;

    /// <summary>The rule for room names.</summary>
    public const string Rule = "a room name has 1 to 64 letters, digits, _ or -";

    // No script uses more on one letter.
    private const int MaxMarks = 8;

    /// <summary>Parses a name.</summary>
    /// <param name="given">The name as written.</param>
    /// <param name="room">The name in its canonical form: composed (NFC), case folded.</param>
    public static bool TryRead(string given, [NotNullWhen(true)] out string? room)
    {
        room = null;
        if (given.Length is 0 or > MaxGiven || !MemberName.IsWellFormed(given)) return false;
        var canonical = Normalization.Fold(given);
        var (length, marks) = (0, 0);
        foreach (var rune in canonical.EnumerateRunes())
        {
            marks = MemberName.IsMark(rune) ? marks + 1 : 0;
            if (++length > MaxLength || marks > MaxMarks || (length == 1 && marks == 1)) return false;
            if (rune.Value is not ('_' or '-') && !UnicodeTable.Instance.IsOfWord(rune.Value)) return false;
        }

        room = canonical;
        return true;
    }
}
