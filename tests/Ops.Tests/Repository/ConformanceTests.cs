using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

/// <summary>Reads docs/conformance.md: tables of the requirements of each RFC, and one of what goes beyond them.</summary>
public partial class ConformanceTests
{
    private static readonly IReadOnlyList<ConformanceRow> Rows = ConformanceRow.Read(File.ReadAllLines(Checkout.At("docs/conformance.md")));

    private static IEnumerable<ConformanceRow> Requirements => Rows.Where(row => row.Rfc is not null);

    [Fact]
    public void Every_RFC_that_binds_the_relay_has_its_requirements()
    {
        Assert.Equal(RfcSections.Known.Keys.Order(), Requirements.Select(row => row.Rfc!).Distinct().Order());
        Assert.True(Requirements.Count() >= 300, $"docs/conformance.md has lost requirements: {Requirements.Count()} are left");
    }

    [Fact]
    public void Every_section_exists_in_its_RFC() =>
        Assert.All(Requirements, row => Assert.All(row.Sections, section => Assert.Contains(section, RfcSections.Known[row.Rfc!])));

    [Fact]
    public void No_requirement_of_an_RFC_stands_twice() =>
        Assert.Empty(Requirements.GroupBy(row => (row.Rfc, row.Requirement)).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public void A_requirement_that_is_held_names_tests_and_nothing_else() =>
        Assert.All(Requirements.Where(row => row.Status == "held"), row =>
        {
            Assert.NotEmpty(row.Tests);
            Assert.Empty(row.Reason);
        });

    [Fact]
    public void A_requirement_that_is_waived_says_why() =>
        Assert.All(Requirements.Where(row => row.Status != "held"), row =>
        {
            Assert.Equal("waived", row.Status);
            Assert.Matches(@"\w+ \w+ \w+.*\.$", row.Reason);
        });

    [Fact]
    public void What_goes_beyond_the_RFCs_names_tests_too() =>
        Assert.All(Rows.Where(row => row.Rfc is null), row => Assert.NotEmpty(row.Tests));

    [Fact]
    public void No_row_names_a_test_twice() => Assert.All(Rows, row => Assert.Distinct(row.Tests));

    [Fact]
    public void Every_named_test_exists()
    {
        // A contract's tests are inherited. Its files start with its name: RelayEngineContract.Streams.cs.
        var sources = new[] { "*Tests*.cs", "*Contract*.cs" }
            .SelectMany(pattern => Directory.EnumerateFiles(Checkout.At("tests"), pattern, SearchOption.AllDirectories))
            .ToLookup(file => Path.GetFileName(file).Split('.')[0], file => TestMethod().Matches(File.ReadAllText(file)));
        // Also those in the text between the tables.
        var missing =
            from line in File.ReadLines(Checkout.At("docs/conformance.md"))
            from match in ConformanceRow.TestName().Matches(line)
            where !sources[match.Groups[1].Value].Any(tests => tests.Any(test => test.Groups[1].Value == match.Groups[2].Value))
            select match.Value;
        Assert.Empty(missing.Distinct());
    }

    [GeneratedRegex(@"^    (?:public|internal) (?:static )?(?:async )?(?:void|Task) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();
}
