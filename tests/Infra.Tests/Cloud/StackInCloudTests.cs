using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Stacks;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>A stack as it is registered, in an account: what a sweep has to find there.</summary>
public sealed class StackInCloudTests
{
    [Theory, EveryPlan]
    public async Task Everything_that_is_registered_is_in_the_account_with_its_tags(Plan plan)
    {
        var registered = await Registered.From(plan);
        await using var cloud = await AwsCloud.StartAsync();
        var stack = registered.StandUp(cloud);

        var tagged = registered.Resources.Where(resource => resource.TakesTags && resource.Type != "aws:s3/bucketObjectv2:BucketObjectv2")
            .ToList();
        Assert.Equal(tagged.Count, stack.Made.Count);
        Assert.All(tagged, resource => Assert.Equal(
            registered.TagsOf(resource).ToDictionary(),
            stack.Made[(resource.Type, resource.Name)].Tags.ToDictionary()));
        // Beside them: the disk, the zone, and the route table that came with the VPC.
        Assert.Equal(tagged.Count + 2 + cloud.Zones.All.Count, cloud.All.Count);
        Assert.Equal(registered.Of("aws:route53/record:Record").Count, cloud.Zones.All.Sum(zone => zone.Records.Count - 2));
        Assert.Equal(registered.Of("aws:s3/bucketObjectv2:BucketObjectv2").Count, cloud.Buckets.All.Sum(bucket => bucket.Versions.Count));
    }

    [Fact]
    public async Task What_belongs_together_points_to_each_other()
    {
        var registered = await Registered.From(Plans.Of());
        await using var cloud = await AwsCloud.StartAsync();
        registered.StandUp(cloud);
        var ec2 = cloud.In("eu-central-1").Ec2;
        var (instance, card) = (Assert.Single(ec2.Instances.All), Assert.Single(ec2.Interfaces.All));
        Assert.Equal(instance.Id, card.Attachment!.InstanceId);
        Assert.All(ec2.Addresses.All, address =>
            Assert.Equal((card.Id, true), (address.InterfaceId, card.PrivateIps.Contains(address.PrivateIp!))));
        Assert.Equal(2, ec2.Addresses.All.Select(address => address.PrivateIp).Distinct().Count());
        Assert.Equal(Assert.Single(ec2.Gateways.All).Id, ec2.RouteTables.All.Single(table => !table.IsMain).Routes["0.0.0.0/0"]);
        var addresses = ec2.Addresses.All.Select(address => address.PublicIp).ToHashSet();
        Assert.All(Assert.Single(cloud.Zones.All).Records.Where(record => record.Type == "A"), record =>
            Assert.Contains(Assert.Single(record.Values), addresses));
        Assert.Equal(cloud.HealthChecks.All.Select(check => check.Id).Order(),
            cloud.In(AwsCloud.GlobalRegion).Alarms.All.Select(alarm => alarm.Dimensions["HealthCheckId"]).Order());
    }

    [Fact]
    public async Task Two_stacks_share_an_account_with_what_is_not_theirs()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Plans.Of())).StandUp(cloud);
        var alone = cloud.All.Count;
        await Stacks.StandUpAsync(cloud, "other", ("domain", "talk.example.org"), ("stage", "production"), ("expires", ""));
        var foreign = ForeignNetwork.In(cloud.In("eu-west-1").Ec2);
        // The zone is one.
        Assert.Equal((2 * alone) - 1 + ForeignNetwork.Count, cloud.All.Count);
        var addresses = cloud.In("eu-central-1").Ec2.Addresses.All;
        Assert.Equal(addresses.Count, addresses.Select(address => address.PublicIp).Distinct().Count());
    }

    [Fact]
    public async Task A_type_that_cannot_be_stood_up_is_an_error()
    {
        await using var cloud = await AwsCloud.StartAsync();
        var failure = Assert.Throws<InvalidOperationException>(() => StackInCloud.StandUp(cloud, "eu-central-1",
            [new("aws:lb/loadBalancer:LoadBalancer", "a", new Dictionary<string, object>(), new Dictionary<string, object>())]));
        Assert.Contains("aws:lb/loadBalancer:LoadBalancer", failure.Message, StringComparison.Ordinal);
        Assert.Empty(cloud.All);
    }

    /// <summary>Types that are stood up and that no plan registers would be forgotten here.</summary>
    [Fact]
    public async Task The_types_are_those_of_the_census()
    {
        HashSet<string> types = [];
        foreach (var plan in await Registered.Every()) types.UnionWith(plan.Resources.Select(resource => resource.Type));
        types.RemoveWhere(type => !type.StartsWith("aws:", StringComparison.Ordinal));
        Assert.Subset(StackInCloud.Known.ToHashSet(), types);
    }
}
