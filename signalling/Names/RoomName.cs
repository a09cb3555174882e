using System.Diagnostics.CodeAnalysis;

namespace Causeway.Signalling.Names;

/// <summary>
/// The names of rooms: 1 to 64 letters, marks and digits of any script, <c>_</c> and <c>-</c>. Those that differ by case, or by how a letter is composed,
/// name one room. Characters that cannot be seen are in no name, so that two that look alike to the letter are one.
/// </summary>
public static class RoomName
{
    /// <summary>The longest name in characters (code points) of its canonical form.</summary>
    public const int MaxLength = 64;

    /// <summary>The longest text that is looked at, in UTF-16 units: a letter may come as several characters.</summary>
    public const int MaxGiven = 512;

    /// <summary>What a room's name is.</summary>
    public const string Rule = "a room is named by 1 to 64 letters, digits, _ or -";

    // More of them on one letter are no writing.
    private const int MaxMarks = 8;

    /// <summary>Reads a name.</summary>
    /// <param name="given">As somebody wrote it.</param>
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
