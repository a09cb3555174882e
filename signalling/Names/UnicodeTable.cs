using System.Globalization;

namespace Causeway.Signalling.Names;

/// <summary>
/// The parts of the Unicode Character Database that names need: combining classes, canonical decompositions and compositions (UAX #15),
/// simple case folding, and word characters. They are in <c>unicode.txt</c>, which a test generates from the database's files and compares
/// with them.
/// </summary>
/// <remarks>
/// The program runs without ICU (<c>InvariantGlobalization</c>), where <c>string.Normalize</c> silently returns its input. ICU would add 36
/// MB to each host (Debian's libicu) or each archive; this is 40 KB.
/// </remarks>
internal sealed class UnicodeTable
{
    // Hangul syllables are composed by arithmetic (The Unicode Standard, §3.12).
    private const int S = 0xAC00, L = 0x1100, V = 0x1161, T = 0x11A7, LCount = 19, VCount = 21, TCount = 28;

    private static readonly Lazy<UnicodeTable> Loaded = new(Load);

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, (int First, int Second)> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly Dictionary<int, int> _folded = [];
    private readonly List<(int First, int Last)> _words = [];

    /// <summary>Gets the table.</summary>
    public static UnicodeTable Instance => Loaded.Value;

    /// <summary>Gets the canonical combining class; 0 for a starter.</summary>
    public byte ClassOf(int rune) => _classes.GetValueOrDefault(rune);

    /// <summary>Gets the simple case folding, which maps one character to one.</summary>
    public int Fold(int rune) => _folded.GetValueOrDefault(rune, rune);

    /// <summary>Whether this is a visible letter, mark or decimal digit in the table's Unicode version.</summary>
    public bool IsOfWord(int rune)
    {
        var (low, high) = (0, _words.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (rune < _words[middle].First) high = middle - 1;
            else if (rune > _words[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }

    /// <summary>Adds a character's full canonical decomposition to a list.</summary>
    public void Decompose(int rune, List<int> to)
    {
        if (rune - S is >= 0 and < LCount * VCount * TCount and var syllable)
        {
            to.AddRange([L + syllable / (VCount * TCount), V + syllable % (VCount * TCount) / TCount]);
            if (syllable % TCount > 0) to.Add(T + syllable % TCount);
        }
        else if (_decompositions.TryGetValue(rune, out var parts))
        {
            Decompose(parts.First, to);
            if (parts.Second != 0) Decompose(parts.Second, to);
        }
        else
        {
            to.Add(rune);
        }
    }

    /// <summary>Composes two characters.</summary>
    public bool TryCompose(int first, int second, out int composed)
    {
        if (first - L is >= 0 and < LCount and var leading && second - V is >= 0 and < VCount and var vowel)
        {
            composed = S + (leading * VCount + vowel) * TCount;
            return true;
        }

        if (first - S is >= 0 and < LCount * VCount * TCount and var syllable
            && syllable % TCount == 0
            && second - T is > 0 and < TCount and var trailing)
        {
            composed = first + trailing;
            return true;
        }

        return _compositions.TryGetValue((first, second), out composed);
    }

    // Each line starts with its kind: c FIRST LAST CLASS; d CHARACTER FIRST SECOND, e likewise for characters that are not composed again;
    // f FIRST LAST STEP DIFFERENCE; w FIRST LAST. Characters are in hexadecimal.
    private static UnicodeTable Load()
    {
        var table = new UnicodeTable();
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream("unicode.txt")
            ?? throw new InvalidOperationException("unicode.txt is missing");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var fields = line.Split(' ');
            var (first, last) = (Hex(fields[1]), Hex(fields[2]));
            switch (line[0])
            {
                case 'c':
                    for (var rune = first; rune <= last; rune++)
                        table._classes.Add(rune, byte.Parse(fields[3], CultureInfo.InvariantCulture));
                    break;
                case 'd':
                    table._decompositions.Add(first, (last, Hex(fields[3])));
                    table._compositions.Add((last, Hex(fields[3])), first);
                    break;
                case 'e':
                    table._decompositions.Add(first, (last, Hex(fields[3])));
                    break;
                case 'f':
                    var (step, difference) = (Hex(fields[3]), int.Parse(fields[4], CultureInfo.InvariantCulture));
                    for (var rune = first; rune <= last; rune += step) table._folded.Add(rune, rune + difference);
                    break;
                default:
                    table._words.Add((first, last));
                    break;
            }
        }

        return table;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
