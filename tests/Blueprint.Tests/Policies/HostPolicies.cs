using System.Net;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;

namespace Causeway.Blueprint.Tests.Policies;

public class HostPolicies
{
    private static void EachHost(string spread, Action<HostPlan> check) => Assert.All(Plans.Named(spread).Hosts, check);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_79")]
    public void Instance_metadata_needs_a_session_token(string spread) => EachHost(spread, host => Assert.True(host.Metadata.TokensRequired));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_341")]
    public void Instance_metadata_leaves_the_instance_by_no_hop(string spread) => EachHost(spread, host => Assert.Equal(1, host.Metadata.HopLimit));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Instance_metadata_tells_no_tags(string spread) => EachHost(spread, host => Assert.False(host.Metadata.InstanceTags));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_8")]
    public void Disks_are_encrypted(string spread) => EachHost(spread, host => Assert.True(host.Disk.Encrypted));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Disks_go_with_their_instance(string spread) => EachHost(spread, host => Assert.True(host.Disk.DeleteOnTermination));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void No_host_has_a_key_pair(string spread) => EachHost(spread, host => Assert.Null(host.KeyPair));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV2_AWS_41")]
    public void Every_host_has_a_role_of_the_plan(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.All(plan.Hosts, host => Assert.Contains(plan.Roles, role => role.Name == host.Role && role.Service == "ec2.amazonaws.com"));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Images_are_pinned_by_their_whole_name(string spread) =>
        EachHost(spread, host => Assert.Matches("^debian-13-(amd64|arm64)-20[0-9]{6}-[0-9]+$", host.Image.Name));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_386")]
    public void Images_come_from_their_publishers_account_alone(string spread) => EachHost(spread, host => Assert.Equal("136693071363", host.Image.Owner));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Images_are_made_for_the_hosts_processor(string spread) =>
        EachHost(spread, host => Assert.Equal(host.Architecture == Blueprint.Settings.Architecture.Arm64, host.Image.Name.Contains("-arm64-", StringComparison.Ordinal)));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Hosts_take_only_traffic_that_is_for_them(string spread) => EachHost(spread, host => Assert.True(host.Interface.SourceDestCheck));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void No_host_resists_its_replacement(string spread) => EachHost(spread, host => Assert.False(host.TerminationProtection));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV2_AWS_19")]
    public void Every_public_address_serves_one_service_of_a_host(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Equal([Service.Relay, Service.Signalling], plan.Addresses.Select(address => address.Service).Order());
        EachHost(spread, host => Assert.Equal(plan.Addresses.Count, host.Interface.PrivateAddresses));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void IPv6_addresses_are_there_exactly_when_the_stack_is_dual_stack(string spread)
    {
        var plan = Plans.Named(spread);
        EachHost(spread, host => Assert.Equal(plan.Settings.DualStack ? plan.Addresses.Count : 0, host.Interface.Ipv6Addresses));
        Assert.Equal(plan.Settings.DualStack, plan.Network.DualStack);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_network_is_a_private_one(string spread)
    {
        var prefix = Plans.Named(spread).Network.Prefix;
        string[] privates = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
        Assert.Contains(privates.Select(text => IPNetwork.Parse(text)), block => block.Contains(prefix.BaseAddress) && block.PrefixLength <= prefix.PrefixLength);
    }

    /// <summary>AWS changes none of the three below living hosts; it refuses in the middle of the update.</summary>
    [Theory, InlineData("zone", "b"), InlineData("networkPrefix", "10.78.0.0/24"), InlineData("dualStack", "false"), Policy]
    public void What_cannot_change_below_living_hosts_is_another_network_and_another_generation_in_it(string key, string value)
    {
        var (before, after) = (Plans.Of(), Plans.Of((key, value)));
        Assert.NotEqual(before.Network.Name, after.Network.Name);
        Assert.NotEqual(before.Generation, after.Generation);
        Assert.Equal(before.Network.Name, Plans.Of(("instanceType", "t3.medium")).Network.Name);
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
