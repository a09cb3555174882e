using System.Globalization;
using System.Text.RegularExpressions;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>The output in docs/operating.md is what the command prints.</summary>
public sealed partial class SweepDocumentTests
{
    private const string Region = "us-east-1";

    private static readonly DateTimeOffset Made = new(2026, 10, 31, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Docs_operating_md_shows_the_dry_run_as_it_is()
    {
        await using var cloud = await AwsCloud.StartAsync();
        await Stacks.StandUpAsync(cloud, Made, "demo1", ("region", Region), ("expires", "2026-11-14"));
        await Stacks.StandUpAsync(cloud, Made, "demo2", ("region", Region), ("domain", ""), ("hostedZone", ""), ("expires", "2099-12-31"));
        await Stacks.StandUpAsync(
            cloud, Made, "live", ("region", Region), ("domain", "live.example.org"), ("stage", "production"), ("expires", ""));
        using var line = new CommandLine(cloud);
        await using var run = await line.Ops("sweep", "--region", Region);
        Assert.Equal(1, run.ExitCode);

        var page = await File.ReadAllTextAsync(Checkout.At("docs", "operating.md"), TestContext.Current.CancellationToken);
        Assert.Matches(Shown(), page);
        var shown = Shown().Replace(page, match => $"{match.Groups["before"].Value}{Steady(run.Output)}{match.Groups["after"].Value}");
        Generated.IsFresh("docs/operating.md", shown);
    }

    // Ids are random, and hashes change with what hosts run: replaces each by a constant one of the same length.
    private static string Steady(string output)
    {
        var known = new Dictionary<string, string>();
        return Hash().Replace(output.TrimEnd('\n') + "\n", match =>
        {
            if (!known.TryGetValue(match.Value, out var steady))
            {
                var number = (known.Count + 1).ToString("x2", CultureInfo.InvariantCulture);
                known[match.Value] = steady = string.Concat(Enumerable.Repeat(number, match.Length))[..match.Length];
            }
            return steady;
        });
    }

    [GeneratedRegex("(?<=[-/])[0-9a-f]{10}(?:[0-9a-f]{7})?(?![0-9a-f])|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Hash();

    [GeneratedRegex("(?<before>\\$ ops sweep --region us-east-1\n).*?(?<after>```\n)", RegexOptions.Singleline)]
    private static partial Regex Shown();
}
