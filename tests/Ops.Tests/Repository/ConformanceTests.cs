using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

public partial class ConformanceTests
{
    [Fact]
    public void Every_entry_names_tests_that_exist()
    {
        var document = File.ReadAllLines(Checkout.At("docs/conformance.md"));
        // An entry starts with its section and ends with its tests.
        var entries = string.Join('\n', document).Split("\n- **").Skip(1).ToList();
        Assert.True(entries.Count > 50, "docs/conformance.md has lost its entries");
        Assert.All(entries, entry => Assert.Matches(@"^(§|appendix|\(beyond the RFC\))", entry));
        Assert.All(entries, entry => Assert.Matches(TestName(), entry));

        // A contract's tests are inherited. Its files start with its name: RelayEngineContract.Streams.cs.
        var sources = new[] { "*Tests.cs", "*Contract*.cs" }
            .SelectMany(pattern => Directory.EnumerateFiles(Checkout.At("tests"), pattern, SearchOption.AllDirectories))
            .ToLookup(file => Path.GetFileName(file).Split('.')[0], File.ReadAllText);
        var missing =
            from line in document
            from match in TestName().Matches(line)
            let files = sources[match.Groups[1].Value]
            where !files.Any(source => source.Contains($" {match.Groups[2].Value}(", StringComparison.Ordinal))
            select match.Value;
        Assert.Empty(missing.Distinct());
    }

    [GeneratedRegex(@"`(\w+(?:Tests|Contract))\.(\w+)`")]
    private static partial Regex TestName();
}
