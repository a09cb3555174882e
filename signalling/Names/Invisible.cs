using System.Globalization;
using System.Text;

namespace Causeway.Signalling.Names;

/// <summary>Invisible characters: they can make two names look alike, a name look empty, or reverse the text after them.</summary>
internal static class Invisible
{
    // Characters outside the category Format with the property Default_Ignorable_Code_Point (Unicode 15).
    private static readonly (int First, int Last)[] Ignorable =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
    ];

    /// <summary>Whether the character is invisible.</summary>
    public static bool Is(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || Array.Exists(Ignorable, range => rune.Value >= range.First && rune.Value <= range.Last);

    /// <summary>Whether it changes the look of the character before it: a variation selector, or a tag of a flag.</summary>
    public static bool IsSelector(Rune rune) =>
        rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0xE0020 and <= 0xE007F);
}
