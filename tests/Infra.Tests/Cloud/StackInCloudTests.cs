using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Stacks;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>The tests' account has a stack's resources as AWS would have them, for sweeps to find.</summary>
public sealed class StackInCloudTests
{
    [Theory, EveryPlan]
    public async Task Everything_that_is_registered_is_in_the_account_with_its_tags(Plan plan)
    {
        var registered = await Registered.From(plan);
        await using var cloud = await AwsCloud.StartAsync();
        var stack = registered.StandUp(cloud);

        var tagged = registered.Resources.Where(resource => resource.TakesTags && resource.Type != Types.BucketObject).ToList();
        Assert.Equal(tagged.Count, stack.Made.Count);
        Assert.All(tagged, resource => Assert.Equal(
            registered.TagsOf(resource).ToDictionary(),
            stack.Made[(resource.Type, resource.Name)].Tags.ToDictionary()));
        // The rest are the disk, the zone, and the VPC's own route table.
        Assert.Equal(tagged.Count + 2 + cloud.Zones.All.Count, cloud.All.Count);
        Assert.Equal(registered.Of(Types.Record).Count, cloud.Zones.All.Sum(zone => zone.Records.Count - 2));
        Assert.Equal(registered.Of(Types.BucketObject).Count, cloud.Buckets.All.Sum(bucket => bucket.Versions.Count));
    }

    [Fact]
    public async Task Resources_refer_to_each_other()
    {
        var registered = await Registered.From(Plans.Of());
        await using var cloud = await AwsCloud.StartAsync();
        registered.StandUp(cloud);
        var ec2 = cloud.In("eu-central-1").Ec2;
        var networkInterface = Assert.Single(ec2.Interfaces.All);
        Assert.Equal(Assert.Single(ec2.Instances.All).Id, networkInterface.Attachment!.InstanceId);
        Assert.All(ec2.Addresses.All, address => Assert.Equal(networkInterface.Id, address.InterfaceId));
        Assert.Equal(networkInterface.PrivateIps.Order(), ec2.Addresses.All.Select(address => address.PrivateIp!).Order());
        Assert.Equal(Assert.Single(ec2.Gateways.All).Id, ec2.RouteTables.All.Single(table => !table.IsMain).Routes["0.0.0.0/0"]);
        var addresses = ec2.Addresses.All.Select(address => address.PublicIp).ToHashSet();
        var records = Assert.Single(cloud.Zones.All).Records.Where(record => record.Type == "A");
        Assert.All(records, record => Assert.Contains(Assert.Single(record.Values), addresses));
        Assert.Equal(
            cloud.HealthChecks.All.Select(check => check.Id).Order(),
            cloud.In(AwsCloud.GlobalRegion).Alarms.All.Select(alarm => alarm.Dimensions["HealthCheckId"]).Order());
    }

    [Fact]
    public async Task Two_stacks_share_an_account_with_foreign_resources()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Plans.Of())).StandUp(cloud);
        var alone = cloud.All.Count;
        await Stacks.StandUpAsync(cloud, "other", ("domain", "talk.example.org"), ("stage", "production"), ("expires", ""));
        ForeignNetwork.In(cloud.In("eu-west-1").Ec2);
        // Both use the same zone.
        Assert.Equal((2 * alone) - 1 + ForeignNetwork.Count, cloud.All.Count);
        var addresses = cloud.In("eu-central-1").Ec2.Addresses.All;
        Assert.Distinct(addresses.Select(address => address.PublicIp));
    }

    [Fact]
    public async Task An_unknown_type_is_an_error()
    {
        await using var cloud = await AwsCloud.StartAsync();
        const string type = "aws:lb/loadBalancer:LoadBalancer";
        var unknown = new StackResource(type, "a", new Dictionary<string, object>(), new Dictionary<string, object>());
        var failure = Assert.Throws<InvalidOperationException>(() => StackInCloud.StandUp(cloud, "eu-central-1", [unknown]));
        Assert.Contains(type, failure.Message, StringComparison.Ordinal);
        Assert.Empty(cloud.All);
    }

    [Fact]
    public async Task Every_registered_type_is_known()
    {
        var types = (await Registered.Every()).SelectMany(plan => plan.InAws).Select(resource => resource.Type).ToHashSet();
        Assert.Subset(StackInCloud.Known.ToHashSet(), types);
    }
}
