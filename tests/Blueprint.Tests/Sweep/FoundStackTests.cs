using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using static Causeway.Blueprint.Tests.Sweep.Found;

namespace Causeway.Blueprint.Tests.Sweep;

public class FoundStackTests
{
    [Fact]
    public void Resources_are_grouped_by_the_tag_of_their_stack()
    {
        var stacks = FoundStack.Group(
            [One(SweepKinds.Vpc), One(SweepKinds.Vpc, "causeway-qa-0123456789", tags: Tags("qa")), One(SweepKinds.Subnet)]);
        Assert.Equal(["dev 2", "qa 1"], stacks.Select(stack => $"{stack.Name} {stack.Resources.Count}"));
    }

    [Fact]
    public void A_foreign_resource_or_one_without_readable_tags_is_in_no_stack()
    {
        var foreign = Tags();
        foreign.Remove(StackTags.ProjectTag);
        var unread = One(SweepKinds.Bucket) with { Tags = null, Unread = "denied" };
        Assert.Empty(FoundStack.Group([One(SweepKinds.Vpc, tags: foreign), unread]));
    }

    [Fact]
    public void Stacks_of_one_name_in_two_regions_are_two_stacks() => Assert.Equal(
        ["eu-central-1", "us-east-1"],
        FoundStack.Group([One(SweepKinds.Vpc), One(SweepKinds.Vpc, region: "eu-central-1")]).Select(stack => stack.Region));

    /// <summary>Alarms on health checks are in us-east-1, and roles in no region; their names have the stack's region.</summary>
    [Theory]
    [InlineData(SweepKinds.Alarm, "us-east-1", "causeway-dev-eu-central-1-page")]
    [InlineData(SweepKinds.Topic, "us-east-1", "causeway-dev-eu-central-1-alarms")]
    [InlineData(SweepKinds.Role, FoundResource.Global, "causeway-dev-eu-central-1-host-0123456789")]
    [InlineData(SweepKinds.HealthCheck, FoundResource.Global, "causeway-dev-eu-central-1-relays")]
    [InlineData(SweepKinds.Instance, "eu-central-1", "causeway-dev-abcdefabcd")]
    public void A_resource_elsewhere_belongs_to_the_region_in_its_name(string kind, string region, string name) =>
        Assert.Equal("eu-central-1", Stack(One(kind, name, region)).Region);

    [Fact]
    public void A_stack_name_that_contains_a_region_is_not_taken_for_one()
    {
        var role = One(SweepKinds.Role, "causeway-dev-eu-west-1-us-east-1-flow-log", FoundResource.Global, Tags("dev-eu-west-1"));
        Assert.Equal("us-east-1", Stack(role).Region);
    }

    [Fact]
    public void The_expiry_is_the_latest_of_all_resources() => Assert.Equal(
        new DateOnly(2027, 1, 1), Stack(One(SweepKinds.Vpc), One(SweepKinds.Subnet, tags: Tags(expires: "2027-01-01"))).Expires);

    [Fact]
    public void A_record_belongs_to_the_stack_of_its_address()
    {
        var address = One(SweepKinds.ElasticIp, region: "eu-central-1");
        var record = One(SweepKinds.Record, "call.example.org", FoundResource.Global) with { Tags = null, Proof = address };
        Assert.Equal(2, Stack(address, record).Resources.Count);
    }

    [Fact]
    public void Generations_and_host_are_read_from_the_resources()
    {
        var address = One(SweepKinds.ElasticIp, "causeway-dev-signalling", facts: (Fact.Address, "203.0.113.2"));
        var instance = One(SweepKinds.Instance);
        Assert.Equal(["0123456789"], Stack(address, instance).Generations);
        Assert.Equal("203.0.113.2", Stack(address, instance).Host);
        Assert.Equal("call.example.org", Stack(address, One(SweepKinds.HealthCheck, facts: (Fact.Domain, "call.example.org"))).Host);
    }

    [Fact]
    public void Tags_are_read_as_the_plan_writes_them()
    {
        Assert.Equal(new StackTags(true, "dev", "demo", new DateOnly(2026, 12, 31)), StackTags.Read(Plans.Of().Tags));
        Assert.Equal(new StackTags(true, "dev", "production", null), StackTags.Read(Plans.All["production"].Tags));
    }
}
