using YamlDotNet.RepresentationModel;

namespace Causeway.Ops.Tests.Repository;

/// <summary>What GitHub's machines are trusted with.</summary>
public class WorkflowTests
{
    public static TheoryData<string> Workflows => [.. Directory.EnumerateFiles(Checkout.At(".github", "workflows")).Select(file => Path.GetRelativePath(Checkout.Root, file))];

    [Theory, MemberData(nameof(Workflows))]
    public void A_job_with_a_secret_or_a_role_has_an_environment_that_guards_it(string workflow)
    {
        Assert.All(Jobs(workflow), job =>
        {
            var used = job.Value.AllNodes.OfType<YamlScalarNode>().Any(node => node.Value is { } text && (text.Contains("secrets.", StringComparison.Ordinal) || text == "id-token"));
            if (used) Assert.True(((YamlMappingNode)job.Value).Children.ContainsKey("environment"), $"{workflow}: the job '{job.Key}' is given a secret or a role, and has no environment");
        });
    }

    /// <summary>A tag can be moved to other code, a commit cannot.</summary>
    [Theory, MemberData(nameof(Workflows))]
    public void Actions_are_pinned_by_commit(string workflow) => Assert.All(
        Steps(workflow).Select(step => Text(step, "uses")).OfType<string>(), uses => Assert.Matches("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$", uses));

    /// <summary>An expression in a shell's text is code that others write; a secret in a command line is seen by every process.</summary>
    [Theory, MemberData(nameof(Workflows))]
    public void A_command_line_has_no_expression(string workflow) => Assert.All(
        Steps(workflow).Select(step => Text(step, "run")).OfType<string>(), run => Assert.DoesNotContain("${{", run, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Workflows))]
    public void A_workflow_reads_and_only_a_job_is_given_more(string workflow)
    {
        Assert.Equal("contents: read", Permissions(Load(workflow)));
        Assert.All(Jobs(workflow), job => Assert.Equal(
            (workflow.EndsWith("sweep.yml", StringComparison.Ordinal), job.Value.AllNodes.Any(node => node.ToString() == "id-token")) switch
            {
                (true, _) => "contents: read, id-token: write, issues: write",
                (_, true) => "contents: read, id-token: write",
                _ => null,
            }, Permissions(job.Value)));
    }

    [Theory, MemberData(nameof(Workflows))]
    public void A_checkout_keeps_no_credentials(string workflow) => Assert.All(
        Steps(workflow).Where(step => Text(step, "uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true),
        step => Assert.Equal("false", step["with"]["persist-credentials"].ToString()));

    [Theory, MemberData(nameof(Workflows))]
    public void Scripts_that_a_step_runs_are_there_and_can_be_run(string workflow) => Assert.All(
        Steps(workflow).Select(step => Text(step, "run")).OfType<string>().Where(run => run.StartsWith(".github/", StringComparison.Ordinal) || run.StartsWith("script/", StringComparison.Ordinal)),
        run => Assert.True(File.GetUnixFileMode(Checkout.At(run)).HasFlag(UnixFileMode.UserExecute), run));

    /// <summary>At night and by hand; with a role, and an environment, of its own; in a run at a time; and never deleting unless the repository says so.</summary>
    [Fact]
    public void The_sweep_has_a_role_of_its_own_and_deletes_when_the_repository_says_so()
    {
        const string workflow = ".github/workflows/sweep.yml";
        var job = Assert.Single(Jobs(workflow)).Value;
        Assert.Equal(["schedule", "workflow_dispatch"], ((YamlMappingNode)Load(workflow)["on"]).Children.Select(child => child.Key.ToString()));
        Assert.Equal(("sweep", "vars.AWS_SWEEP_ROLE != ''"), (job["environment"].ToString(), job["if"].ToString()));
        Assert.Equal(("sweep", "false"), (job["concurrency"]["group"].ToString(), job["concurrency"]["cancel-in-progress"].ToString()));
        var role = Assert.Single(Steps(workflow), step => Text(step, "uses")?.Contains("configure-aws-credentials", StringComparison.Ordinal) == true);
        Assert.Equal("${{ vars.AWS_SWEEP_ROLE }}", role["with"]["role-to-assume"].ToString());
        var sweep = Assert.Single(Steps(workflow), step => Text(step, "run") == ".github/scripts/sweep");
        Assert.Equal("${{ vars.SWEEP_DELETE }}", sweep["env"]["DELETE"].ToString());
        // GitHub's token is for the step that writes the issue, and for no other.
        var told = Assert.Single(Steps(workflow), step => step.AllNodes.Any(node => node.ToString().Contains("github.token", StringComparison.Ordinal)));
        Assert.Equal(".github/scripts/report", Text(told, "run"));
    }

    [Fact]
    public void Previews_have_another_environment_than_updates()
    {
        var jobs = Load(".github/workflows/deploy.yml")["jobs"];
        Assert.Equal(("preview", "${{ vars.PULUMI_STACK }}"), (jobs["preview"]["environment"].ToString(), jobs["up"]["environment"].ToString()));
    }

    private static YamlNode Load(string workflow)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Checkout.At(workflow));
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Jobs(string workflow) => ((YamlMappingNode)Load(workflow)["jobs"]).Children;

    private static IEnumerable<YamlNode> Steps(string workflow) => Jobs(workflow)
        .Select(job => ((YamlMappingNode)job.Value).Children).Where(job => job.ContainsKey("steps")).SelectMany(job => (YamlSequenceNode)job["steps"]);

    private static string? Text(YamlNode node, string key) => ((YamlMappingNode)node).Children.TryGetValue(key, out var value) ? value.ToString() : null;

    private static string? Permissions(YamlNode node) => ((YamlMappingNode)node).Children.TryGetValue("permissions", out var given)
        ? string.Join(", ", ((YamlMappingNode)given).Children.Select(one => $"{one.Key}: {one.Value}"))
        : null;
}
