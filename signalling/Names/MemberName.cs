using System.Globalization;
using System.Text;

namespace Causeway.Signalling.Names;

/// <summary>
/// The names of members. Only the server computes them, and welcome returns them: composed (NFC), without white space or invisible
/// characters at the ends, at most 40 characters as people count them. An invisible character in the middle becomes U+FFFD, unless it joins
/// its neighbours, as in Persian and in emoji.
/// </summary>
internal static class MemberName
{
    /// <summary>The longest name in characters as people count them (grapheme clusters, UAX #29).</summary>
    public const int MaxCharacters = 40;

    /// <summary>The longest name in UTF-16 units: one character may consist of many.</summary>
    public const int MaxLength = 160;

    /// <summary>The longest text accepted from a client, in UTF-16 units.</summary>
    public const int MaxGiven = 256;

    /// <summary>The name of a member that sends none.</summary>
    public const string Guest = "Guest";

    private const int MaxMarks = 8;
    private static readonly Rune Replacement = Rune.ReplacementChar;
    private static readonly Rune Space = new(' ');

    /// <summary>Gets the name for a client's text.</summary>
    /// <returns>Empty if nothing in it is visible, or if it is <see cref="Guest"/>.</returns>
    public static string Of(string? given)
    {
        var runes = Plain(Normalization.ToNfc(given ?? ""));
        var text = new StringBuilder();
        foreach (var rune in runes) text.Append(rune);
        var name = Cut(text.ToString());
        return name.EnumerateRunes().Any(IsSeen) && !name.Equals(Guest, StringComparison.OrdinalIgnoreCase) ? name : "";
    }

    /// <summary>Gets the name of a member without one: the first of Guest, Guest 2, Guest 3, … that is free.</summary>
    /// <param name="taken">The names in the room.</param>
    public static string OfGuest(IEnumerable<string> taken)
    {
        var names = taken.ToHashSet(StringComparer.OrdinalIgnoreCase);
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? Guest : string.Create(CultureInfo.InvariantCulture, $"{Guest} {number}");
            if (!names.Contains(name)) return name;
        }
    }

    /// <summary>Whether the text has no unpaired surrogates.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    /// <summary>Whether the character is a combining mark.</summary>
    public static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    // One space for each run of white space, none at the ends, and U+FFFD for invisible characters that join nothing.
    private static List<Rune> Plain(string text)
    {
        var given = text.EnumerateRunes().ToList();
        while (given.Count > 0 && (IsBlank(given[^1]) || (Invisible.Is(given[^1]) && !Joins(given, given.Count - 1))))
            given.RemoveAt(given.Count - 1);

        var plain = new List<Rune>(given.Count);
        var marks = 0;
        for (var i = 0; i < given.Count; i++)
        {
            var rune = given[i];
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarks) continue;
            if (IsBlank(rune))
            {
                if (plain.Count > 0 && plain[^1] != Space) plain.Add(Space);
            }
            else if (!Invisible.Is(rune) || Joins(given, i))
            {
                plain.Add(rune);
            }
            else if (plain.Count > 0)
            {
                plain.Add(Replacement);
            }
        }

        return plain;
    }

    // Joiners between two visible characters; variation selectors and an emoji's tags after one.
    private static bool Joins(List<Rune> runes, int at)
    {
        var behind = at > 0 && !IsBlank(runes[at - 1]) && (!Invisible.Is(runes[at - 1]) || Invisible.IsSelector(runes[at - 1]));
        return runes[at].Value is 0x200C or 0x200D
            ? behind && at + 1 < runes.Count && !IsBlank(runes[at + 1]) && !Invisible.Is(runes[at + 1])
            : Invisible.IsSelector(runes[at]) && behind;
    }

    private static string Cut(string text)
    {
        var (length, characters) = (0, 0);
        while (length < text.Length && characters < MaxCharacters)
        {
            var next = StringInfo.GetNextTextElementLength(text.AsSpan(length));
            if (length + next > MaxLength) break;
            length += next;
            characters++;
        }

        return text[..length].TrimEnd(' ');
    }

    // Unicode classifies Braille's blank pattern as a symbol.
    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value == 0x2800;

    private static bool IsSeen(Rune rune) => !IsBlank(rune) && !Invisible.Is(rune) && !IsMark(rune);
}
