namespace Causeway.Ops.Tests.Repository;

/// <summary>The scripts of the nightly workflow, with programs in place of <c>ops</c> and <c>gh</c> that record their calls.</summary>
public sealed class SweepWorkflowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SweepWorkflowTests()
    {
        // Files contain the output and exit code of ops, and its calls.
        Program("ops", $"""
            printf '%s\n' "$*" >> '{_folder.At("ops.calls")}'
            cat '{_folder.At("said")}'
            exit "$(cat '{_folder.At("status")}')"
            """);
        // The issues are in a file.
        Program("gh", $$"""
            cd '{{_folder.Path}}'
            printf '%s\n' "$*" >> gh.calls
            for word; do [ "$last" = --body-file ] && cp "$word" body; last=$word; done
            case "$1 $2" in
                'issue list') cat issues ;;
                'issue view') jq --argjson number "$3" 'map(select(.number == $number)) | first | {body}' issues ;;
            esac
            """);
        Says(0, "");
        Write("issues", "[]");
    }

    public void Dispose() => _folder.Dispose();

    private const string Table = """
        ┌───────┬──────────┬───────────────────────┐
        │ Stack │ Kind     │ Name                  │
        ├───────┼──────────┼───────────────────────┤
        │ demo1 │ instance │ i-0123456789abcdef0   │
        └───────┴──────────┴───────────────────────┘

        """;

    [Theory]
    [InlineData("us-east-1", "", "sweep --region us-east-1")]
    [InlineData("us-east-1, eu-central-1", "false", "sweep --region us-east-1 --region eu-central-1")]
    [InlineData("us-east-1 eu-central-1", "true", "sweep --region us-east-1 --region eu-central-1 --delete --yes")]
    public async Task It_searches_every_region_and_deletes_only_if_configured(string regions, string delete, string call)
    {
        await using var run = await Sweep(regions, delete);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{call}\n", Read("ops.calls"));
        Assert.Equal("outcome=clean\n", Read("outputs"));
    }

    [Theory]
    [InlineData("", "outcome=found\n")]
    [InlineData("true", "outcome=left\n")]
    public async Task The_output_is_kept_for_the_report(string delete, string outcome)
    {
        Says(1, Table);
        await using var run = await Sweep("us-east-1", delete);
        Assert.Equal((0, outcome, Table), (run.ExitCode, Read("outputs"), Read("report.txt")));
        Assert.Contains("i-0123456789abcdef0", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us-east-1", 2)]
    [InlineData("", 0)]
    public async Task A_sweep_that_cannot_run_is_an_error_without_a_report(string regions, int status)
    {
        Says(status, "ops: --region: invalid\n");
        await using var run = await Sweep(regions, "");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("::error::", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("outputs")));
    }

    [Fact]
    public async Task The_first_finding_opens_an_issue()
    {
        await using var run = await Report("found", Table);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("issue create --title Expired demo stacks --body-file ", Read("gh.calls"), StringComparison.Ordinal);
        Assert.Contains(Table, Read("body"), StringComparison.Ordinal);
        Assert.Contains("https://example.org/run/1", Read("body"), StringComparison.Ordinal);
        Assert.Contains("Nothing was deleted", Read("body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_findings_update_the_issue_and_changed_ones_add_a_comment()
    {
        await using var first = await Report("found", Table);
        IsOpen(7, "Expired demo stacks", Read("body"), isBot: true);

        // The same resources with another age.
        await using var same = await Report("found", Table.Replace("demo1 │", "demo1 │ 3 days ago │", StringComparison.Ordinal));
        Assert.Contains("issue edit 7 --body-file ", Read("gh.calls"), StringComparison.Ordinal);
        Assert.DoesNotContain("issue comment", Read("gh.calls"), StringComparison.Ordinal);

        await using var other = await Report("found", Table.Replace("0123456789abcdef0", "0fedcba9876543210", StringComparison.Ordinal));
        Assert.Contains("issue comment 7 --body ", Read("gh.calls"), StringComparison.Ordinal);
        Assert.Single(Read("gh.calls").Split('\n'), call => call.StartsWith("issue create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_issue_is_closed_when_nothing_is_left()
    {
        IsOpen(7, "Expired demo stacks", "", isBot: true);
        await using var run = await Report("clean", "");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("issue close 7 --comment Nothing is left: https://example.org/run/1\n", Read("gh.calls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_reported_without_findings_and_an_issue()
    {
        await using var run = await Report("clean", "");
        Assert.Equal(0, run.ExitCode);
        Assert.Single(Read("gh.calls").TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task An_issue_of_a_person_with_the_same_title_is_not_changed()
    {
        IsOpen(7, "Expired demo stacks", "mine", isBot: false);
        await using var run = await Report("found", Table);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("issue create", Read("gh.calls"), StringComparison.Ordinal);
        Assert.DoesNotContain(" 7", Read("gh.calls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_that_could_not_be_deleted_are_reported_and_fail_the_run()
    {
        await using var run = await Report("left", Table);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("issue create", Read("gh.calls"), StringComparison.Ordinal);
        Assert.Contains("failed to delete everything", Read("body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_report_is_truncated_and_a_fence_in_it_is_escaped()
    {
        await using var run = await Report("found", "```\n@everybody\n" + string.Concat(Enumerable.Repeat("│ äöü │\n", 20_000)));
        Assert.Equal(0, run.ExitCode);
        Assert.InRange(Read("body").Length, 60_000, 65_536);
        Assert.Equal(2, Read("body").Split("```").Length - 1);
    }

    private Task<Run> Sweep(string regions, string delete) => Ran(".github/scripts/sweep", new()
    {
        ["REGIONS"] = regions,
        ["DELETE"] = delete,
        ["OPS"] = _folder.At("ops"),
        ["GITHUB_OUTPUT"] = _folder.At("outputs"),
    });

    private Task<Run> Report(string outcome, string text)
    {
        Assert.SkipUnless(Run.Exists("jq"), "jq is not installed: apt-get install jq");
        Write("report.txt", text);
        return Ran(".github/scripts/report", new() { ["OUTCOME"] = outcome, ["RUN"] = "https://example.org/run/1" });
    }

    private async Task<Run> Ran(string script, Dictionary<string, string?> environment)
    {
        environment["REPORT"] = _folder.At("report.txt");
        environment["PATH"] = $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        var run = Run.Start(Checkout.At(script), [], environment);
        await run.WaitForExit();
        return run;
    }

    private void IsOpen(int number, string title, string body, bool isBot)
    {
        var issue = new { number, title, body, author = new Dictionary<string, bool> { ["is_bot"] = isBot } };
        Write("issues", System.Text.Json.JsonSerializer.Serialize(new[] { issue }));
    }

    private void Says(int status, string text)
    {
        Write("status", $"{status}");
        Write("said", text);
    }

    private void Program(string name, string text)
    {
        Write(name, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(_folder.At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.At(name), text);

    private string Read(string name) => File.ReadAllText(_folder.At(name));
}
