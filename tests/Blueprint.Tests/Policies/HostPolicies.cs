using System.Net;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;

namespace Causeway.Blueprint.Tests.Policies;

public class HostPolicies
{
    private static void EachHost(string spread, Action<HostPlan> check) => Assert.All(Plans.Named(spread).Hosts, check);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV2_AWS_41")]
    public void Every_host_has_a_role_of_the_plan(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.All(plan.Hosts, host => Assert.Contains(plan.Roles, role => role.Name == host.Role && role.Service == "ec2.amazonaws.com"));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Images_are_pinned_by_their_whole_name(string spread) =>
        EachHost(spread, host => Assert.Matches("^debian-13-(amd64|arm64)-20[0-9]{6}-[0-9]+$", host.Image));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Images_are_made_for_the_hosts_processor(string spread) =>
        EachHost(spread, host =>
            Assert.Equal(
                host.Architecture == Blueprint.Settings.Architecture.Arm64, host.Image.Contains("-arm64-", StringComparison.Ordinal)));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Each_service_has_a_public_address_of_its_own(string spread) =>
        Assert.Equal([Service.Relay, Service.Signalling], Plans.Named(spread).Addresses.Select(address => address.Service).Order());

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_network_is_a_private_one(string spread)
    {
        var prefix = Plans.Named(spread).Network.Prefix;
        string[] privates = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
        Assert.Contains(privates.Select(text => IPNetwork.Parse(text)), block =>
            block.Contains(prefix.BaseAddress) && block.PrefixLength <= prefix.PrefixLength);
    }

    /// <summary>AWS changes none of the three below living hosts; it refuses in the middle of the update.</summary>
    [Theory, InlineData("zone", "b"), InlineData("networkPrefix", "10.78.0.0/24"), InlineData("dualStack", "false"), Policy]
    public void A_change_that_AWS_refuses_on_a_network_in_use_makes_a_new_network_and_a_new_generation(string key, string value)
    {
        var before = Plans.Of();
        IsAnotherNetwork(before, Plans.Of((key, value)));
        Assert.Equal(before.Network.Name, Plans.Of(("instanceType", "t3.medium")).Network.Name);
    }

    internal static void IsAnotherNetwork(Plan before, Plan after)
    {
        Assert.NotEqual(before.Network.Name, after.Network.Name);
        Assert.NotEqual(before.Generation, after.Generation);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Everything_is_tagged_with_project_stack_and_stage(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Equal("causeway", plan.Tags["causeway:project"]);
        Assert.Equal(plan.Settings.Stack, plan.Tags["causeway:stack"]);
        Assert.Equal(plan.Settings.Production ? "production" : "demo", plan.Tags["causeway:stage"]);
        Assert.All(plan.Settings.Tags, tag => Assert.Equal(tag.Value, plan.Tags[tag.Key]));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Demo_stacks_carry_the_day_they_expire(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Equal(!plan.Settings.Production, plan.Tags.ContainsKey("causeway:expires"));
        if (!plan.Settings.Production) Assert.Equal($"{plan.Settings.Expires:yyyy-MM-dd}", plan.Tags["causeway:expires"]);
    }
}
