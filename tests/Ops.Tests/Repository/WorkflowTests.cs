using YamlDotNet.RepresentationModel;

namespace Causeway.Ops.Tests.Repository;

/// <summary>What GitHub's machines are trusted with.</summary>
public class WorkflowTests
{
    public static TheoryData<string> Workflows => [.. Directory.EnumerateFiles(Checkout.At(".github", "workflows")).Select(file => Path.GetRelativePath(Checkout.Root, file))];

    [Theory, MemberData(nameof(Workflows))]
    public void A_job_with_a_secret_or_a_role_has_an_environment_that_guards_it(string workflow)
    {
        var yaml = new YamlStream();
        using (var reader = File.OpenText(Checkout.At(workflow))) yaml.Load(reader);
        var jobs = (YamlMappingNode)yaml.Documents[0].RootNode["jobs"];
        Assert.All(jobs.Children, job =>
        {
            var used = job.Value.AllNodes.OfType<YamlScalarNode>().Any(node => node.Value is { } text && (text.Contains("secrets.", StringComparison.Ordinal) || text == "id-token"));
            if (used) Assert.True(((YamlMappingNode)job.Value).Children.ContainsKey("environment"), $"{workflow}: the job '{job.Key}' is given a secret or a role, and has no environment");
        });
    }

    [Fact]
    public void Previews_have_another_environment_than_updates()
    {
        var yaml = new YamlStream();
        using (var reader = File.OpenText(Checkout.At(".github", "workflows", "deploy.yml"))) yaml.Load(reader);
        var jobs = yaml.Documents[0].RootNode["jobs"];
        Assert.Equal(("preview", "${{ vars.PULUMI_STACK }}"), (jobs["preview"]["environment"].ToString(), jobs["up"]["environment"].ToString()));
    }
}
