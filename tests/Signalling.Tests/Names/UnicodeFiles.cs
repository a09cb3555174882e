using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Causeway.Signalling.Tests.Names;

/// <summary>The Unicode Character Database as Debian's package unicode-data has it (UAX #44 describes the files).</summary>
internal static class UnicodeFiles
{
    private const string Folder = "/usr/share/unicode";

    /// <summary>Why it cannot be read; null when it can.</summary>
    public static string? Missing =>
        File.Exists($"{Folder}/UnicodeData.txt") ? null : "the Unicode Character Database is not installed: apt-get install unicode-data";

    /// <summary>The version, as 15.0.0.</summary>
    public static string Version => File.ReadLines($"{Folder}/CaseFolding.txt").First()["# CaseFolding-".Length..^".txt".Length];

    /// <summary>The lines of the Consortium's own test of normalization: source, NFC, NFD, NFKC, NFKD.</summary>
    public static IEnumerable<string[]> NormalizationTest()
    {
        using var process = Process.Start(
            new ProcessStartInfo("bzcat", [$"{Folder}/NormalizationTest.txt.bz2"]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return lines.Where(line => line.Length > 0 && line[0] is not ('#' or '@'))
            .Select(line => line.Split(';').Take(5).Select(Text).ToArray());
    }

    /// <summary>The table in the form that the service reads.</summary>
    public static string Table()
    {
        var characters = Characters().ToList();
        var excluded = Property("DerivedNormalizationProps.txt", "Full_Composition_Exclusion");
        var ignorable = Property("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point");
        var text = new StringBuilder(
            $"# Unicode {Version}: made from UnicodeData.txt, CaseFolding.txt and derived properties by UnicodeTableTests. Unicode® "
            + "License v3.\n");
        text.Append("# Copyright © 1991-2022 Unicode, Inc. (https://www.unicode.org/license.txt)\n");

        var classes = characters.Where(character => character.Class > 0).Select(character => (character.Code, character.Class));
        foreach (var (first, last, value) in Ranges(classes))
            text.Append(CultureInfo.InvariantCulture, $"c {first:X} {last:X} {value}\n");
        foreach (var (code, _, _, parts) in characters.Where(character => character.Parts.Length > 0))
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(excluded.Contains(code) ? 'e' : 'd')} {code:X} {parts[0]:X} {parts.ElementAtOrDefault(1):X}\n");
        AppendFolding(text);
        string[] words = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"];
        var visible = characters.Where(character => words.Contains(character.Category) && !ignorable.Contains(character.Code));
        foreach (var (first, last, _) in Ranges(visible.Select(character => (character.Code, 0))))
            text.Append(CultureInfo.InvariantCulture, $"w {first:X} {last:X}\n");
        return text.ToString();
    }

    private static IEnumerable<(int Code, string Category, int Class, int[] Parts)> Characters()
    {
        var first = 0;
        foreach (var fields in File.ReadLines($"{Folder}/UnicodeData.txt").Select(line => line.Split(';')))
        {
            var code = Hex(fields[0]);
            if (fields[1].EndsWith(", First>", StringComparison.Ordinal)) first = code;
            var from = fields[1].EndsWith(", Last>", StringComparison.Ordinal) ? first : code;
            // A decomposition with a tag in angle brackets is a compatibility one.
            int[] parts = fields[5].Length == 0 || fields[5][0] == '<' ? [] : [.. fields[5].Split(' ').Select(Hex)];
            for (var each = from; each <= code; each++)
                yield return (each, fields[2], int.Parse(fields[3], CultureInfo.InvariantCulture), parts);
        }
    }

    // Simple foldings, C and S, gathered where they go in steps.
    private static void AppendFolding(StringBuilder text)
    {
        var folds = File.ReadLines($"{Folder}/CaseFolding.txt").Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split("; "))
            .Where(fields => fields[1] is "C" or "S").Select(fields => (Code: Hex(fields[0]), Difference: Hex(fields[2]) - Hex(fields[0])))
                .ToList();
        for (var i = 0; i < folds.Count;)
        {
            var step = i + 1 < folds.Count
                && folds[i + 1].Difference == folds[i].Difference
                && folds[i + 1].Code - folds[i].Code <= 2
                ? folds[i + 1].Code - folds[i].Code
                : 1;
            var j = i;
            while (j + 1 < folds.Count && folds[j + 1].Difference == folds[i].Difference && folds[j + 1].Code - folds[j].Code == step) j++;
            text.Append(CultureInfo.InvariantCulture, $"f {folds[i].Code:X} {folds[j].Code:X} {step:X} {folds[i].Difference}\n");
            i = j + 1;
        }
    }

    private static IEnumerable<(int First, int Last, int Value)> Ranges(IEnumerable<(int Code, int Value)> each)
    {
        (int First, int Last, int Value)? open = null;
        foreach (var (code, value) in each)
        {
            if (open is { } range && range.Last + 1 == code && range.Value == value) open = (range.First, code, value);
            else
            {
                if (open is { } done) yield return done;
                open = (code, code, value);
            }
        }

        if (open is { } last) yield return last;
    }

    private static HashSet<int> Property(string file, string name) =>
    [
        .. File.ReadLines($"{Folder}/{file}").Select(line => line.Split('#')[0].Split(';'))
            .Where(fields => fields.Length > 1 && fields[1].Trim() == name)
            .SelectMany(fields =>
            {
                var ends = fields[0].Trim().Split("..").Select(Hex).ToArray();
                return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
            }),
    ];

    private static string Text(string field) => string.Concat(field.Split(' ').Select(code => char.ConvertFromUtf32(Hex(code))));

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
