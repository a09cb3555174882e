using Causeway.Blueprint.Network;

namespace Causeway.Infra.Tests;

public class HostMappingTests
{
    [Theory, EveryPlan]
    public async Task The_instance_is_as_planned(Plan plan)
    {
        var registered = await Registered.From(plan);
        var host = Assert.Single(plan.Hosts);
        var instance = registered.One(Types.Instance);

        Assert.Equal(host.Name, instance.Name);
        Assert.Equal(host.InstanceType, instance["instanceType"]);
        Assert.Equal($"ami-of-{host.Image}", instance["ami"]);
        Assert.Equal(host.Role, instance["iamInstanceProfile"]);
        Assert.Equal(host.CloudInit.Render(), instance["userData"]);
        Assert.Equal(true, instance["userDataReplaceOnChange"]);
        Assert.Null(instance["userDataBase64"]);
        Assert.Null(instance["associatePublicIpAddress"]);

        Assert.Equal(host.DiskGb, instance.Number("rootBlockDevice.volumeSize"));
        if (host.UnlimitedCredits) Assert.Equal("unlimited", instance.Map("creditSpecification")["cpuCredits"]);
        else Assert.Null(instance["creditSpecification"]);
    }

    [Fact]
    public async Task Constant_inputs_are_registered()
    {
        var registered = await Registered.From(Plans.Of());
        var plan = registered.Plan;
        var vpc = registered.One(Types.Vpc);
        // Names of services resolve; hosts need no private names.
        Assert.Equal((true, false), (vpc["enableDnsSupport"], vpc["enableDnsHostnames"]));
        Assert.Equal(false, registered.One(Types.Subnet)["assignIpv6AddressOnCreation"]);
        Assert.All(registered.Of(Types.Eip), address => Assert.Equal("vpc", address["domain"]));
        Assert.Equal(plan.Hosts[0].Name, registered.One(Types.Interface)["description"]);
        Assert.Equal("enabled", registered.One(Types.Instance).Map("metadataOptions")["httpEndpoint"]);
        Assert.Equal(
            plan.Roles.Select(role => (role.Name, role.Description)).Order(),
            registered.Of(Types.Role).Select(role => ((string)role["name"]!, (string)role["description"]!)).Order());
        Assert.Equal(plan.Hosts[0].Role, registered.One(Types.InstanceProfile)["name"]);
    }

    [Fact]
    public async Task Another_zone_prefix_or_family_is_a_new_network_with_a_new_generation()
    {
        // AWS refuses a second subnet of the same prefix in a network, and to remove a prefix in use.
        var before = await Registered.From(Plans.Of());
        foreach (var change in new[] { ("zone", "b"), ("networkPrefix", "10.78.0.0/24"), ("dualStack", "false") })
        {
            var after = await Registered.From(Plans.Of(change));
            var ids = after.Resources.Select(resource => resource.Id).ToHashSet();
            Assert.All(before.Resources.Where(IsOfTheNetwork), resource => Assert.DoesNotContain(resource.Id, ids));
            Assert.All(before.Resources.Where(IsKept), resource => Assert.Contains(resource.Id, ids));
        }

        bool IsOfTheNetwork(RegisteredResource resource) =>
            resource.Type.Split('/')[0] is "aws:ec2" or "aws:vpc" && resource.Name != $"{before.Plan.Prefix}-signalling";

        bool IsKept(RegisteredResource resource) =>
            resource.Type is Types.LogGroup or Types.Role or Types.Eip or Types.Secret or Types.Bucket
            && !resource.Name.Contains(before.Plan.Generation, StringComparison.Ordinal);
    }

    [Theory, EveryPlan]
    public async Task Interface_address_and_instance_belong_together(Plan plan)
    {
        var registered = await Registered.From(plan);
        var host = plan.Hosts[0];
        var networkInterface = registered.One(Types.Interface);

        Assert.Equal(host.Name, networkInterface.Name);
        Assert.Equal([$"{registered.One(Types.Group).Name}-id"], networkInterface.List("securityGroups"));
        Assert.Null(networkInterface["privateIps"]);

        // The instance gets its interface from the association, so that the address exists before it and goes after it.
        var association = Assert.Single(registered.Of(Types.EipAssociation), association => association.Name == host.Name);
        Assert.Equal($"{networkInterface.Name}-id", association["networkInterfaceId"]);
        Assert.Equal("10.77.0.9", association["privateIpAddress"]);
        Assert.Equal(
            association["networkInterfaceId"],
            registered.One(Types.Instance).Map("primaryNetworkInterface")["networkInterfaceId"]);
    }

    [Theory, EveryPlan]
    public async Task Signallings_address_belongs_to_the_stack_and_has_the_other_private_address(Plan plan)
    {
        var registered = await Registered.From(plan);
        var name = $"{plan.Prefix}-signalling";
        var association = Assert.Single(registered.Of(Types.EipAssociation), association => association.Name == name);

        Assert.Equal("10.77.0.4", association["privateIpAddress"]);
        Assert.Equal(true, association["allowReassociation"]);
        Assert.Equal($"{name}-id", association["allocationId"]);
        Assert.Equal(plan.Addresses.Count, registered.Of(Types.Eip).Count);
        Assert.All(registered.Of(Types.Eip), address =>
            Assert.Contains(plan.Addresses, planned => planned.Name == (string)address.Map("tags")["Name"]));
    }

    [Theory, EveryPlan]
    public async Task Every_planned_name_is_a_record_with_the_address_of_its_service(Plan plan)
    {
        var registered = await Registered.From(plan);
        var records = registered.Of(Types.Record).Select(record => (
            (string)record["name"]!, (string)record["type"]!, (string)Assert.Single(record.List("records")), (string)record["zoneId"]!));

        string Address(DnsRecord record) => (record.Type, record.Service) switch
        {
            ("A", Service.Relay) => "203.0.113.1",
            ("A", Service.Signalling) => "203.0.113.2",
            ("AAAA", Service.Relay) => "2001:db8:1:100::a",
            _ => "2001:db8:1:100::b",
        };
        Assert.Equal(
            plan.Names.Select(record => (record.Name, record.Type, Address(record), "Z0EXAMPLE")).Order(),
            records.Order());
    }

    [Theory, EveryPlan]
    public async Task The_network_is_as_planned(Plan plan)
    {
        var registered = await Registered.From(plan);
        var network = plan.Network;
        var vpc = registered.One(Types.Vpc);
        var subnet = registered.One(Types.Subnet);

        Assert.Equal(network.Prefix.ToString(), vpc["cidrBlock"]);
        Assert.Equal(network.DualStack, vpc["assignGeneratedIpv6CidrBlock"]);
        Assert.Equal(network.Zone, subnet["availabilityZone"]);
        Assert.Equal(network.Prefix.ToString(), subnet["cidrBlock"]);
        Assert.Equal(network.DualStack ? "2001:db8:1:100::/64" : null, subnet["ipv6CidrBlock"]);
        var routes = registered.Of(Types.Route).Select(route => route["destinationCidrBlock"] ?? route["destinationIpv6CidrBlock"]);
        Assert.Equal(network.DualStack ? ["0.0.0.0/0", "::/0"] : ["0.0.0.0/0"], routes.Cast<string>().Order());

        var log = registered.One(Types.LogGroup);
        Assert.Equal(network.FlowLog.LogGroup, log["name"]);
        Assert.Equal(network.FlowLog.RetentionDays, Convert.ToInt32(log["retentionInDays"]));
        var flow = registered.One(Types.FlowLog);
        Assert.Equal("cloud-watch-logs", flow["logDestinationType"]);
        Assert.Equal($"arn:of:{log.Name}", flow["logDestination"]);
        Assert.Equal($"arn:of:{network.FlowLog.Role}", flow["iamRoleArn"]);
    }
}
