using System.Text;

namespace Causeway.Signalling.Names;

/// <summary>Unicode normalization (UAX #15) and simple case folding.</summary>
internal static class Normalization
{
    /// <summary>Gets normalization form C: composed.</summary>
    public static string ToNfc(string text) => IsAscii(text) ? text : Text(Compose(Decomposed(text)));

    /// <summary>Gets normalization form D: decomposed.</summary>
    public static string ToNfd(string text) => IsAscii(text) ? text : Text(Decomposed(text));

    /// <summary>
    /// Gets the form shared by all texts that differ only in case or composition (The Unicode Standard, §3.13, canonical caseless match),
    /// composed.
    /// </summary>
    public static string Fold(string text)
    {
        if (IsAscii(text)) return text.ToLowerInvariant();
        var runes = Decomposed(text);
        for (var i = 0; i < runes.Count; i++) runes[i] = UnicodeTable.Instance.Fold(runes[i]);
        return ToNfc(Text(runes));
    }

    private static bool IsAscii(string text) => Ascii.IsValid(text);

    private static List<int> Decomposed(string text)
    {
        var table = UnicodeTable.Instance;
        var runes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) table.Decompose(rune.Value, runes);

        // Sorts runs of marks by class, and keeps the order within a class (Canonical Ordering Algorithm).
        for (var i = 1; i < runes.Count; i++)
        {
            var (rune, own) = (runes[i], table.ClassOf(runes[i]));
            var at = i;
            while (own != 0 && at > 0 && table.ClassOf(runes[at - 1]) > own)
            {
                runes[at] = runes[at - 1];
                at--;
            }

            runes[at] = rune;
        }

        return runes;
    }

    // Canonical Composition Algorithm (The Unicode Standard, §3.11, D117).
    private static List<int> Compose(List<int> runes)
    {
        var table = UnicodeTable.Instance;
        var composed = new List<int>(runes.Count);
        var starter = -1;
        foreach (var rune in runes)
        {
            var own = table.ClassOf(rune);
            // Blocked if a character of the same or a higher class is between it and the starter.
            var blocked = starter < 0
                || (composed.Count > starter + 1 && (table.ClassOf(composed[^1]) is var before) && (before >= own || before == 0));
            if (!blocked && table.TryCompose(composed[starter], rune, out var together))
            {
                composed[starter] = together;
                continue;
            }

            if (own == 0) starter = composed.Count;
            composed.Add(rune);
        }

        return composed;
    }

    private static string Text(List<int> runes)
    {
        var text = new StringBuilder(runes.Count);
        foreach (var rune in runes) text.Append(new Rune(rune));
        return text.ToString();
    }
}
