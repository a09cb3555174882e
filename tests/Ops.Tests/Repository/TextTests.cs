using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

/// <summary>The text of code, scripts, pages and documents.</summary>
public partial class TextTests
{
    // Also in .editorconfig, which no analyzer enforces.
    private const int MaxColumns = 140;

    // Longer words, such as URLs and keys, can't be broken.
    private const int MaxWord = 100;

    private const string ThisFile = "tests/Ops.Tests/Repository/TextTests.cs";

    private static readonly HashSet<string> Extensions =
    [
        "", ".cjs", ".cs", ".csproj", ".css", ".html", ".js", ".json", ".md", ".mjs", ".props", ".py", ".sh", ".slnx", ".txt",
        ".yaml", ".yml",
    ];

    // Tables of others, and lists that tests write.
    private static readonly string[] Data = ["signalling/Names/unicode.txt", "tests/Infra.Tests/census.txt", "tests/vectors/"];

    [Fact]
    public void Lines_have_at_most_140_columns() => AssertNone(IsTooLong);

    [Fact]
    public void Texts_use_common_words() => AssertNone(UsesStiffWords);

    [Theory]
    [InlineData("docs/page.md", 141, true)]
    [InlineData("docs/page.md", 140, false)]
    [InlineData("script/up", 141, true)]
    public void A_line_of_more_than_140_columns_is_found(string file, int columns, bool isFound) =>
        Assert.Equal(isFound, IsTooLong(new(file, 1, string.Concat(Enumerable.Repeat("word ", 30))[..columns])));

    [Fact]
    public void Tables_and_words_that_cannot_be_broken_may_be_longer()
    {
        Assert.False(IsTooLong(new("docs/page.md", 1, $"| {new string('-', 50)} | {new string('-', 90)} |")));
        Assert.False(IsTooLong(new("docs/page.md", 1, $"see https://example.org/{new string('a', 150)}")));
    }

    [Theory]
    [InlineData("x is no room name", true)]
    [InlineData("Mended: nothing", true)]
    [InlineData("fix: pass --port", false)]
    [InlineData("reports the fix as `fix` instead of `mend`", false)]
    [InlineData("a recommendation", false)]
    [InlineData("a port that nobody uses", true)]
    [InlineData("there is no server name", false)]
    [InlineData("Maintainer: nobody", false)]
    public void A_stiff_word_is_found(string text, bool isFound) => Assert.Equal(isFound, UsesStiffWords(new("docs/page.md", 1, text)));

    private static bool IsTooLong(Line line) =>
        line.Text.Length > MaxColumns && !IsTable(line) && line.Text.Split(' ').All(word => word.Length <= MaxWord);

    private static bool IsTable(Line line) => line.File.EndsWith(".md", StringComparison.Ordinal) && line.Text.TrimStart().StartsWith('|');

    private static bool UsesStiffWords(Line line) => line.File != ThisFile && StiffWords().IsMatch(InlineCode().Replace(line.Text, ""));

    private static void AssertNone(Func<Line, bool> isWrong)
    {
        var wrong = Lines().Where(isWrong).Select(line => $"{line.File}:{line.Number}: {line.Text.Trim()}").ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} lines:\n{string.Join('\n', wrong.Take(50))}");
    }

    private static IEnumerable<Line> Lines() =>
        from file in SourceTree.Files
        where Extensions.Contains(Path.GetExtension(file)) && !Data.Any(data => file.StartsWith(data, StringComparison.Ordinal))
        from line in File.ReadLines(Checkout.At(file)).Select((text, index) => new Line(file, index + 1, text))
        select line;

    private sealed record Line(string File, int Number, string Text);

    // Write "fix", "anyone who", "created again" and "invalid room name". The user nobody may be named in quotes or after a colon.
    [GeneratedRegex(
        @"\b(mend|mends|mended|mending|whoever|made anew|of one's own)\b"
        + @"|(?<![""'] ?|: )\bnobody\b(?![""'])"
        + @"|(?<!there )\bis no [a-z]+ name\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex StiffWords();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();
}
