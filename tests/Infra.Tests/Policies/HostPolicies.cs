using Causeway.Blueprint.Cost;

namespace Causeway.Infra.Tests.Policies;

internal static class HostPolicies
{
    private static void EachInstance(Graph graph, Action<RegisteredResource> check) => graph.Each(Types.Instance, check);

    [Policy("CKV_AWS_79")]
    [BrokenBy(Types.Instance, "metadataOptions.httpTokens", "optional"), BrokenBy(Types.Instance, "metadataOptions.httpTokens")]
    public static void Instance_metadata_needs_a_session_token(Graph graph) =>
        EachInstance(graph, instance => Assert.Equal("required", instance.At("metadataOptions.httpTokens")));

    [Policy("CKV_AWS_341")]
    [BrokenBy(Types.Instance, "metadataOptions.httpPutResponseHopLimit", 2)]
    public static void Instance_metadata_stays_on_the_instance(Graph graph) =>
        EachInstance(graph, instance => Assert.Equal(1, instance.Number("metadataOptions.httpPutResponseHopLimit")));

    [Policy]
    [BrokenBy(Types.Instance, "metadataOptions.instanceMetadataTags", "enabled")]
    public static void Instance_metadata_contains_no_tags(Graph graph) =>
        EachInstance(graph, instance => Assert.Equal("disabled", instance.At("metadataOptions.instanceMetadataTags")));

    [Policy("CKV_AWS_8")]
    [BrokenBy(Types.Instance, "rootBlockDevice.encrypted", false), BrokenBy(Types.Instance, "rootBlockDevice.encrypted")]
    public static void Disks_are_encrypted(Graph graph) =>
        EachInstance(graph, instance => Assert.Equal(true, instance.At("rootBlockDevice.encrypted")));

    [Policy]
    [BrokenBy(Types.Instance, "rootBlockDevice.deleteOnTermination", false)]
    public static void Disks_go_with_their_instance(Graph graph) =>
        EachInstance(graph, instance => Assert.Equal(true, instance.At("rootBlockDevice.deleteOnTermination")));

    [Policy]
    [BrokenBy(Types.Instance, "rootBlockDevice.volumeType", "io2")]
    public static void Disks_are_of_the_type_that_the_cost_estimate_prices(Graph graph) =>
        EachInstance(graph, instance => Assert.Contains(
            $"{instance.At("rootBlockDevice.volumeType")} disk", PriceTable.Rows.Select(price => price.Item)));

    [Policy]
    [BrokenBy(Types.Instance, "keyName", "a-key")]
    public static void No_host_has_a_key_pair(Graph graph) => EachInstance(graph, instance => Assert.Null(instance["keyName"]));

    [Policy("CKV_AWS_386")]
    [BrokenBy(Types.Ami, "owners", new[] { "self" }), BrokenBy(Types.Ami, "owners")]
    public static void Images_come_only_from_Debians_account(Graph graph) =>
        graph.Each(Types.Ami, image => Assert.Equal(["136693071363"], image.List("owners")));

    [Policy]
    [BrokenBy(Types.Interface, "sourceDestCheck", false)]
    public static void Hosts_accept_only_traffic_that_is_for_them(Graph graph) =>
        graph.Each(Types.Interface, network => Assert.Equal(true, network["sourceDestCheck"]));

    [Policy]
    [BrokenBy(Types.Instance, "disableApiTermination", true)]
    public static void Hosts_have_no_termination_protection(Graph graph) =>
        EachInstance(graph, instance => Assert.Equal(false, instance["disableApiTermination"]));

    [Policy("CKV2_AWS_19")]
    [BrokenBy(Types.EipAssociation), BrokenBy(Types.EipAssociation, "allocationId", "another")]
    [BrokenBy(Types.Interface, "privateIpsCount", 2)]
    public static void Every_public_address_has_a_private_address_of_a_host_to_itself(Graph graph)
    {
        var associations = graph.Of(Types.EipAssociation);
        Assert.Equal(
            graph.Of(Types.Eip).Select(address => $"{address.Name}-id").Order(),
            associations.Select(association => (string)association["allocationId"]!).Order());
        Assert.Distinct(associations.Select(association => association["privateIpAddress"]));
        graph.Each(Types.Interface, network => Assert.Equal(associations.Count, 1 + network.Number("privateIpsCount")));
    }

    [Policy]
    [BrokenBy(Types.Interface, "ipv6AddressCount", 1)]
    public static void Each_service_has_an_IPv6_address_exactly_when_the_stack_is_dual_stack(Graph graph)
    {
        var addresses = graph.Plan.Settings.DualStack ? graph.Plan.Addresses.Count : 0;
        graph.Each(Types.Interface, network => Assert.Equal(addresses, network.Number("ipv6AddressCount")));
    }
}
