namespace Causeway.Infra.Tests.Policies;

internal static class NetworkPolicies
{
    [Policy("CKV2_AWS_12")]
    [BrokenBy(Types.DefaultGroup)]
    [BrokenBy(Types.DefaultGroup, "ingress", new[] { "any" }), BrokenBy(Types.DefaultGroup, "egress", new[] { "any" })]
    public static void The_default_security_group_lets_nothing_through(Graph graph)
    {
        Assert.Equal(graph.Of(Types.Vpc).Select(vpc => $"{vpc.Name}-id"), graph.Of(Types.DefaultGroup).Select(group => group["vpcId"]));
        Assert.All(graph.Of(Types.DefaultGroup), group => Assert.Empty((object[])[.. group.List("ingress"), .. group.List("egress")]));
    }

    [Policy("CKV2_AWS_5")]
    [BrokenBy(Types.Interface, "securityGroups", new[] { "another" }), BrokenBy(Types.Interface, "securityGroups")]
    public static void Every_interface_is_in_the_hosts_security_group_alone(Graph graph) => Assert.All(graph.Of(Types.Interface), network =>
        Assert.Equal([$"{Assert.Single(graph.Of(Types.Group)).Name}-id"], network.List("securityGroups")));

    [Policy]
    [BrokenBy(Types.Group, "ingress", new[] { "any" }), BrokenBy(Types.Group, "egress", new[] { "any" })]
    public static void The_hosts_security_group_has_no_rules_beside_the_planned_ones(Graph graph) =>
        Assert.All(graph.Of(Types.Group), group => Assert.Empty((object[])[.. group.List("ingress"), .. group.List("egress")]));

    [Policy("CKV_AWS_130")]
    [BrokenBy(Types.Subnet, "mapPublicIpOnLaunch", true), BrokenBy(Types.Subnet, "assignIpv6AddressOnCreation", true)]
    public static void The_subnet_gives_out_no_public_addresses(Graph graph) => Assert.All(graph.Of(Types.Subnet), subnet =>
        Assert.Equal((false, false), (subnet["mapPublicIpOnLaunch"], subnet["assignIpv6AddressOnCreation"])));

    [Policy("CKV2_AWS_11")]
    [BrokenBy(Types.FlowLog), BrokenBy(Types.FlowLog, "trafficType", "ACCEPT"), BrokenBy(Types.FlowLog, "vpcId", "another")]
    public static void Refused_traffic_is_logged(Graph graph)
    {
        Assert.Equal(graph.Of(Types.Vpc).Select(vpc => $"{vpc.Name}-id"), graph.Of(Types.FlowLog).Select(log => log["vpcId"]));
        Assert.All(graph.Of(Types.FlowLog), log => Assert.Equal("REJECT", log["trafficType"]));
    }

    [Policy]
    [BrokenBy(Types.Record, "ttl", 3600)]
    public static void A_DNS_change_is_visible_everywhere_within_a_minute(Graph graph) =>
        Assert.All(graph.Of(Types.Record), record => Assert.InRange(record.Number("ttl"), 1, 60));
}
