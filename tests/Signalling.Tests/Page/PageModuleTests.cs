using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Tests.Support.Running;

namespace Causeway.Signalling.Tests.Page;

/// <summary>
/// The page's modules under node: each test of tests/Page is a result of its own here. Node runs them all, once. By hand: <c>node --test
/// tests/Page/signalling/*.test.mjs</c>.
/// </summary>
public partial class PageModuleTests(PageModuleTests.NodeRun run) : IClassFixture<PageModuleTests.NodeRun>
{
    private static readonly string Folder = Checkout.At("tests", "Page");

    /// <summary>Gets the tests that the files declare. Listing them runs nothing.</summary>
    public static TheoryData<string, string> Declared
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in Files)
                foreach (Match test in Test().Matches(File.ReadAllText(Path.Combine(Folder, file))))
                    data.Add(file, test.Groups["name"].Value);
            return data;
        }
    }

    private static IEnumerable<string> Files => Directory.EnumerateFiles(Folder, "*.test.mjs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal);

    [Theory, MemberData(nameof(Declared))]
    public void Passes_under_node(string file, string test)
    {
        Node.SkipIfMissing();
        Assert.Contains(run.Results, result => result.File == file && result.Name == test);
        var results = run.Results.Where(result => result.File == file && result.Name == test);
        Assert.All(results, result => Assert.True(result.Passed, result.Message));
    }

    [Fact]
    public void Node_runs_exactly_the_tests_that_the_files_declare()
    {
        Node.SkipIfMissing();
        var declared = Declared.Select(row => $"{row.Data.Item1}: {row.Data.Item2}").Order(StringComparer.Ordinal);
        Assert.Equal(declared, run.Results.Select(result => $"{result.File}: {result.Name}").Order(StringComparer.Ordinal));
        Assert.True(declared.Count() > 50, "the tests of tests/Page are found");
    }

    [GeneratedRegex(@"^test\('(?<name>[^'\n]+)'", RegexOptions.Multiline)]
    private static partial Regex Test();

    /// <summary>One run of node over all files.</summary>
    public sealed class NodeRun : IAsyncLifetime
    {
        public IReadOnlyList<Result> Results { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            if (Node.Missing is not null) return;
            var reporter = new Uri(Path.Combine(Folder, "reporter.mjs")).AbsoluteUri;
            string[] options = ["--test", $"--test-reporter={reporter}", "--test-reporter-destination=stdout"];
            await using var node = await Run.ToEnd("node", [.. options, .. Files.Select(file => Path.Combine(Folder, file))]);
            Results = [.. node.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
        }

        public ValueTask DisposeAsync() => default;

        private static Result Read(string line)
        {
            var result = JsonSerializer.Deserialize<Result>(line, JsonSerializerOptions.Web)!;
            return result with { File = Path.GetRelativePath(Folder, result.File) };
        }
    }

    public sealed record Result(string File, string Name, bool Passed, string Message);
}
