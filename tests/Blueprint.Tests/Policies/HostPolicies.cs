using System.Net;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Policies;

public class HostPolicies
{
    [Theory, EveryPlan, Policy("CKV2_AWS_41")]
    public void Every_host_has_a_role_of_the_plan(Plan plan) => Assert.All(plan.Hosts, host =>
        Assert.Contains(plan.Roles, role => role.Name == host.Role && role.Service == "ec2.amazonaws.com"));

    [Theory, EveryPlan, Policy]
    public void Images_are_pinned_by_their_whole_name(Plan plan) =>
        Assert.All(plan.Hosts, host => Assert.Matches("^debian-13-(amd64|arm64)-20[0-9]{6}-[0-9]+$", host.Image));

    [Theory, EveryPlan, Policy]
    public void Images_are_made_for_the_hosts_processor(Plan plan) => Assert.All(plan.Hosts, host =>
        Assert.Contains(host.Architecture == Architecture.Arm64 ? "-arm64-" : "-amd64-", host.Image, StringComparison.Ordinal));

    [Theory, EveryPlan, Policy]
    public void Each_service_has_a_public_address_of_its_own(Plan plan) =>
        Assert.Equal([Service.Relay, Service.Signalling], plan.Addresses.Select(address => address.Service).Order());

    [Theory, EveryPlan, Policy]
    public void The_network_has_a_private_prefix(Plan plan)
    {
        var prefix = plan.Network.Prefix;
        IPNetwork[] blocks = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16")];
        Assert.Contains(blocks, block => block.Contains(prefix.BaseAddress) && block.PrefixLength <= prefix.PrefixLength);
    }

    /// <summary>AWS refuses these changes while hosts run, in the middle of the update.</summary>
    [Theory, InlineData("zone", "b"), InlineData("networkPrefix", "10.78.0.0/24"), InlineData("dualStack", "false"), Policy]
    public void A_change_that_AWS_refuses_on_a_network_in_use_makes_a_new_network_and_a_new_generation(string key, string value)
    {
        IsAnotherNetwork(Plans.Of(), Plans.Of((key, value)));
        Assert.Equal(Plans.Of().Network.Name, Plans.Of(("instanceType", "t3.medium")).Network.Name);
    }

    internal static void IsAnotherNetwork(Plan before, Plan after)
    {
        Assert.NotEqual(before.Network.Name, after.Network.Name);
        Assert.NotEqual(before.Generation, after.Generation);
    }

    [Theory, EveryPlan, Policy]
    public void Everything_is_tagged_with_project_stack_and_stage(Plan plan)
    {
        Assert.Equal("causeway", plan.Tags["causeway:project"]);
        Assert.Equal(plan.Settings.Stack, plan.Tags["causeway:stack"]);
        Assert.Equal(plan.Settings.Production ? "production" : "demo", plan.Tags["causeway:stage"]);
        Assert.All(plan.Settings.Tags, tag => Assert.Equal(tag.Value, plan.Tags[tag.Key]));
    }

    [Theory, EveryPlan, Policy]
    public void Demo_stacks_carry_the_day_they_expire(Plan plan)
    {
        Assert.Equal(!plan.Settings.Production, plan.Tags.ContainsKey("causeway:expires"));
        if (!plan.Settings.Production) Assert.Equal($"{plan.Settings.Expires:yyyy-MM-dd}", plan.Tags["causeway:expires"]);
    }
}
