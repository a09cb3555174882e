using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

/// <summary>A row of docs/conformance.md.</summary>
/// <param name="Rfc">The RFC that its heading names, such as <c>8656</c>, or null beyond the RFCs.</param>
/// <param name="Sections">The RFC's sections that require it, without the sign: <c>7.2</c>, <c>appendix B.1</c>.</param>
/// <param name="Requirement">What is required.</param>
/// <param name="Status"><c>held</c> or <c>waived</c>; empty beyond the RFCs.</param>
/// <param name="Tests">The names of its tests, as <c>Class.Test</c>.</param>
/// <param name="Reason">The last cell without the tests.</param>
internal sealed partial record ConformanceRow(
    string? Rfc, IReadOnlyList<string> Sections, string Requirement, string Status, IReadOnlyList<string> Tests, string Reason)
{
    public static IReadOnlyList<ConformanceRow> Read(IEnumerable<string> document)
    {
        var rows = new List<ConformanceRow>();
        string? rfc = null;
        foreach (var line in document)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                rfc = Heading().Match(line) is { Success: true } heading ? heading.Groups[1].Value : null;
            }
            else if (line.StartsWith("| ", StringComparison.Ordinal) && !Head().IsMatch(line))
            {
                rows.Add(Of(rfc, [.. line.Trim().Trim('|').Split(" | ").Select(cell => cell.Trim())]));
            }
        }
        return rows;
    }

    private static ConformanceRow Of(string? rfc, string[] cells)
    {
        Assert.True(cells.Length == (rfc is null ? 3 : 4), $"docs/conformance.md: {cells.Length} cells: {cells[0]} {cells[^1]}");
        Assert.All(cells, cell => Assert.NotEqual("", cell));
        var tests = TestName().Matches(cells[^1]).Select(match => match.Value.Trim('`')).ToList();
        var reason = TestName().Replace(cells[^1], "").Replace("<br>", "", StringComparison.Ordinal).Trim();
        // The number in brackets is that of a check in a list: §7.2 (2).
        var sections = Section().Replace(cells[0], "").Split(", ").Select(section => section.TrimStart('§').Trim()).ToList();
        return new(rfc, rfc is null ? [] : sections, cells[1], rfc is null ? "" : cells[2], tests, reason);
    }

    [GeneratedRegex(@"`(\w+(?:Tests|Contract))\.(\w+)`")]
    internal static partial Regex TestName();

    [GeneratedRegex(@": RFC (\d{4})$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| (Section|What) \|")]
    private static partial Regex Head();

    [GeneratedRegex(@" \(\d[\d, ]*\)")]
    private static partial Regex Section();
}
