using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.S3;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>Sweeps with the policy of the sweep's role, which the account enforces.</summary>
public sealed class SweepRightsTests : IAsyncLifetime
{
    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        _cloud.AllowOnly(SweepPolicy.Render());
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    private async Task StandUp(string stack, params (string, string)[] changes) =>
        (await Registered.From(Stacks.Named(stack, changes))).StandUp(_cloud);

    [Fact]
    public async Task A_role_with_the_policy_sweeps_a_stack_to_nothing()
    {
        await StandUp("dev");
        // Kinds that no plan registers, and what a host leaves.
        ForeignNetwork.In(_cloud.In("eu-central-1").Ec2, new Dictionary<string, string>
        {
            [StackTags.ProjectTag] = "causeway",
            [StackTags.StackTag] = "dev",
            [StackTags.StageTag] = "demo",
            [StackTags.ExpiresTag] = "2026-12-31",
        });
        _cloud.Buckets.All.Single().Begin("artifacts/relay/half");
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Empty(view.Removal!.Left.Select(left => $"{left.Kind} {left.Name}: {left.Reason}"));
        Assert.DoesNotContain(_cloud.Server.Log, one => one.Status == 403);
        Assert.Equal(_cloud.Zones.All.Select(zone => zone.Id), _cloud.All.Where(one => one is not CloudInstance).Select(one => one.Id));
    }

    /// <summary>Except health checks and buckets, whose tags IAM doesn't support.</summary>
    [Fact]
    public async Task The_policy_protects_a_production_stack_even_from_a_wrong_sweep()
    {
        await StandUp("dev");
        string[] Kept() => [.. _cloud.All.Where(one => one is not (CloudHealthCheck or CloudBucket)).Select(one => one.Arn)];
        var before = Kept();
        // It becomes a production stack, but all reads still return the old tags.
        foreach (var resource in _cloud.All.Where(one => one.Tags.ContainsKey(StackTags.StageTag)))
            resource.SetTag(StackTags.StageTag, "production", readsUntilShown: 1_000_000);
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Equal(before, Kept());
        Assert.False(view.Clean);
        Assert.Contains(view.Removal!.Left, left => left.Kind == SweepKinds.Instance);
        Assert.Contains(_cloud.Server.Log, one => one.Status == 403 && one.Call.Action == "ec2:TerminateInstances");
    }
}
