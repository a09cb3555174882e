using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

public partial class ConformanceTests
{
    [Fact]
    public void Every_entry_names_a_test_and_every_test_named_exists()
    {
        var document = File.ReadAllLines(Checkout.At("docs/conformance.md"));
        // An entry is a paragraph that begins with its section, followed by the list of its tests.
        var entries = string.Join('\n', document).Split("\n- **").Skip(1).ToList();
        Assert.True(entries.Count > 50, "docs/conformance.md has lost its entries");
        Assert.All(entries, entry => Assert.Matches(@"^(§|appendix|\(beyond the RFC\))", entry));
        Assert.All(entries, entry => Assert.Matches(TestName(), entry));

        // A contract's tests run in the classes that inherit them, and stand in files that are named after it: RelayEngineContract.Streams.cs.
        var sources = new[] { "*Tests.cs", "*Contract*.cs" }
            .SelectMany(pattern => Directory.EnumerateFiles(Checkout.At("tests"), pattern, SearchOption.AllDirectories))
            .ToLookup(file => Path.GetFileName(file).Split('.')[0], File.ReadAllText);
        var named = document.SelectMany(line => TestName().Matches(line)).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value));
        Assert.Empty(named.Where(test => !sources[test.Class].Any(source => source.Contains($" {test.Method}(", StringComparison.Ordinal))).Distinct());
    }

    [GeneratedRegex(@"`(\w+(?:Tests|Contract))\.(\w+)`")]
    private static partial Regex TestName();
}
