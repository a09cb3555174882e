using Causeway.Blueprint.Deployer;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Iam;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>The policies grant exactly the rights that the commands use.</summary>
public sealed class RightsInUseTests
{
    private const string Region = "us-east-1";

    // Requests to S3 whose permissions have other names.
    private static readonly Dictionary<string, string[]> InS3 = new()
    {
        ["s3:ListBuckets"] = ["s3:ListAllMyBuckets"],
        ["s3:ListObjectVersions"] = ["s3:ListBucketVersions"],
        ["s3:ListMultipartUploads"] = ["s3:ListBucketMultipartUploads"],
        ["s3:DeleteObjects"] = ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    };

    private static IEnumerable<string> Asked(AwsCloud cloud) => cloud.Server.Log
        .Select(one => one.Call.Action)
        .SelectMany(action => InS3.GetValueOrDefault(action, [action]))
        .Distinct()
        .Order(StringComparer.Ordinal);

    [Fact]
    public async Task A_sweep_uses_every_right_of_its_policy()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Plans.Of())).StandUp(cloud);
        // Kinds that no plan registers, a disk without an instance, and what a host leaves.
        var (ec2, tags) = (cloud.In("eu-central-1").Ec2, Plans.Of().Tags.ToDictionary());
        ForeignNetwork.In(ec2, tags);
        ec2.Volumes.Add(new() { Id = Ec2Region.NewId("vol"), Region = "eu-central-1", Zone = "eu-central-1a", Tags = tags });
        cloud.Buckets.All.Single().Begin("artifacts/relay/half");
        using var sweep = await Sweeping.In(cloud);
        Assert.True((await sweep.RemoveAsync()).Clean);
        Assert.Equal(IamPolicy.Read(SweepPolicy.Render()).Actions.Order(StringComparer.Ordinal), Asked(cloud));
    }

    [Fact]
    public async Task A_dry_run_and_a_list_use_every_right_of_the_statement_Look()
    {
        await using var cloud = await AwsCloud.StartAsync();
        await Stacks.StandUpAsync(cloud, "demo1", ("region", Region), ("expires", "2026-11-14"));
        var look = SweepPolicy.Statements.Single(statement => statement.Sid == SweepPolicy.Look);
        cloud.AllowOnly(PolicyStatement.Render([look]));
        using var line = new CommandLine(cloud);
        await using var list = await line.Ops("list", "--region", Region);
        Assert.Equal((0, ""), (list.ExitCode, list.Errors));
        await using var sweep = await line.Ops("sweep", "--region", Region, "--json");
        Assert.Equal(1, sweep.ExitCode);
        Assert.DoesNotContain(cloud.Server.Log, one => one.Status == 403);
        Assert.Equal(look.Actions, Asked(cloud));
    }

    [Fact]
    public async Task The_deployers_rights_are_enough_to_extend_a_demo()
    {
        await using var cloud = await AwsCloud.StartAsync();
        var plan = Stacks.Named("demo1", ("region", Region), ("expires", "2026-11-14"));
        (await Registered.From(plan)).StandUp(cloud);
        cloud.AllowOnly(DeployerPolicy.Render(plan));
        using var line = new CommandLine(cloud);
        line.Write(plan);
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.All(cloud.All.OfType<CloudInstance>(), instance => Assert.NotEqual("2026-11-14", instance.Tags[StackTags.ExpiresTag]));
        Assert.DoesNotContain(cloud.Server.Log, one => one.Status == 403);
    }

    [Fact]
    public async Task The_sweeps_policy_is_printed_without_an_account()
    {
        await using var run = Run.Start("dotnet", [Programs.Ops, "sweep", "--policy"]);
        await run.WaitForExit();
        Assert.Equal((0, $"{SweepPolicy.Render()}\n", ""), (run.ExitCode, run.Output, run.Errors));
    }
}
