using YamlDotNet.RepresentationModel;

namespace Causeway.Ops.Tests.Repository;

/// <summary>The permissions and secrets of GitHub's workflows.</summary>
public class WorkflowTests
{
    public static TheoryData<string> Workflows =>
    [
        .. Directory.EnumerateFiles(Checkout.At(".github", "workflows")).Select(file => Path.GetRelativePath(Checkout.Root, file)),
    ];

    [Theory, MemberData(nameof(Workflows))]
    public void A_job_with_a_secret_or_a_role_has_an_environment(string workflow)
    {
        Assert.All(Jobs(workflow), job =>
        {
            var texts = job.Value.AllNodes.OfType<YamlScalarNode>().Select(node => node.Value).OfType<string>();
            if (texts.Any(text => text.Contains("secrets.", StringComparison.Ordinal) || text == "id-token"))
            {
                Assert.True(
                    ((YamlMappingNode)job.Value).Children.ContainsKey("environment"),
                    $"{workflow}: the job '{job.Key}' has a secret or a role without an environment");
            }
        });
    }

    /// <summary>A tag can be moved to other code, a commit can't.</summary>
    [Theory, MemberData(nameof(Workflows))]
    public void Actions_are_pinned_by_commit(string workflow) =>
        Assert.All(Texts(workflow, "uses"), uses => Assert.Matches("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$", uses));

    /// <summary>An expression in a shell command can inject code, and other processes can see a secret in it.</summary>
    [Theory, MemberData(nameof(Workflows))]
    public void A_command_has_no_expression(string workflow) =>
        Assert.All(Texts(workflow, "run"), run => Assert.DoesNotContain("${{", run, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Workflows))]
    public void A_workflow_can_only_read_and_more_permissions_are_given_to_jobs(string workflow)
    {
        Assert.Equal("contents: read", Permissions(Load(workflow)));
        Assert.All(Jobs(workflow), job =>
        {
            var isSweep = workflow.EndsWith("sweep.yml", StringComparison.Ordinal);
            var hasRole = job.Value.AllNodes.Any(node => node.ToString() == "id-token");
            var expected = isSweep ? "contents: read, id-token: write, issues: write" : hasRole ? "contents: read, id-token: write" : null;
            Assert.Equal(expected, Permissions(job.Value));
        });
    }

    [Theory, MemberData(nameof(Workflows))]
    public void A_checkout_does_not_keep_credentials(string workflow) => Assert.All(
        Steps(workflow).Where(step => Text(step, "uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true),
        step => Assert.Equal("false", step["with"]["persist-credentials"].ToString()));

    [Theory, MemberData(nameof(Workflows))]
    public void Scripts_of_steps_exist_and_are_executable(string workflow)
    {
        var scripts = Texts(workflow, "run").Where(run =>
            run.StartsWith(".github/", StringComparison.Ordinal) || run.StartsWith("script/", StringComparison.Ordinal));
        Assert.All(scripts, script => Assert.True(File.GetUnixFileMode(Checkout.At(script)).HasFlag(UnixFileMode.UserExecute), script));
    }

    /// <summary>It runs at night and by hand, one run at a time, in its own environment.</summary>
    [Fact]
    public void The_sweep_has_its_own_role_and_deletes_only_if_configured()
    {
        const string workflow = ".github/workflows/sweep.yml";
        var job = Assert.Single(Jobs(workflow)).Value;
        var triggers = ((YamlMappingNode)Load(workflow)["on"]).Children.Select(child => child.Key.ToString());
        Assert.Equal(["schedule", "workflow_dispatch"], triggers);
        Assert.Equal(("sweep", "vars.AWS_SWEEP_ROLE != ''"), (job["environment"].ToString(), job["if"].ToString()));
        Assert.Equal(("sweep", "false"), (job["concurrency"]["group"].ToString(), job["concurrency"]["cancel-in-progress"].ToString()));
        var role = Assert.Single(
            Steps(workflow), step => Text(step, "uses")?.Contains("configure-aws-credentials", StringComparison.Ordinal) == true);
        Assert.Equal("${{ vars.AWS_SWEEP_ROLE }}", role["with"]["role-to-assume"].ToString());
        var sweep = Assert.Single(Steps(workflow), step => Text(step, "run") == ".github/scripts/sweep");
        Assert.Equal("${{ vars.SWEEP_DELETE }}", sweep["env"]["DELETE"].ToString());
        // Only the step that writes the issue has GitHub's token.
        var withToken = Assert.Single(
            Steps(workflow), step => step.AllNodes.Any(node => node.ToString().Contains("github.token", StringComparison.Ordinal)));
        Assert.Equal(".github/scripts/report", Text(withToken, "run"));
    }

    [Fact]
    public void Previews_and_updates_have_different_environments()
    {
        var jobs = Load(".github/workflows/deploy.yml")["jobs"];
        Assert.Equal("preview", jobs["preview"]["environment"].ToString());
        Assert.Equal("${{ vars.PULUMI_STACK }}", jobs["up"]["environment"].ToString());
    }

    private static YamlNode Load(string workflow)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(Checkout.At(workflow));
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Jobs(string workflow) =>
        ((YamlMappingNode)Load(workflow)["jobs"]).Children;

    private static IEnumerable<YamlNode> Steps(string workflow) => Jobs(workflow)
        .Select(job => ((YamlMappingNode)job.Value).Children)
        .Where(job => job.ContainsKey("steps"))
        .SelectMany(job => (YamlSequenceNode)job["steps"]);

    private static IEnumerable<string> Texts(string workflow, string key) =>
        Steps(workflow).Select(step => Text(step, key)).OfType<string>();

    private static string? Text(YamlNode node, string key) =>
        ((YamlMappingNode)node).Children.TryGetValue(key, out var value) ? value.ToString() : null;

    private static string? Permissions(YamlNode node) => ((YamlMappingNode)node).Children.TryGetValue("permissions", out var given)
        ? string.Join(", ", ((YamlMappingNode)given).Children.Select(one => $"{one.Key}: {one.Value}"))
        : null;
}
