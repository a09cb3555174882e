using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// VPCs, subnets, internet gateways and flow logs.
public sealed partial class Ec2Api
{
    private static readonly Kind<CloudVpc> Vpc =
        new("vpcSet", "VpcId", "InvalidVpcID.NotFound", "vpc ID", seen => string.Concat(
            E("vpcId", seen.Resource.Id), E("ownerId", AwsServer.Account), E("state", "available"), E("cidrBlock", seen.Resource.Cidr),
            seen.Resource.Ipv6Cidr is not { } ipv6 ? "" : Xml.List("ipv6CidrBlockAssociationSet", "item",
                [E("ipv6CidrBlock", ipv6) + In("ipv6CidrBlockState", E("state", "associated"))]),
            E("instanceTenancy", "default"), E("isDefault", seen.Resource.IsDefault), TagSet(seen.Tags)))
        {
            Filters = new()
            {
                ["vpc-id"] = vpc => [vpc.Id],
                ["cidr"] = vpc => [vpc.Cidr],
                ["is-default"] = vpc => [vpc.IsDefault ? "true" : "false"],
                ["state"] = _ => ["available"],
            },
        };

    private static readonly Kind<CloudSubnet> Subnet =
        new("subnetSet", "SubnetId", "InvalidSubnetID.NotFound", "subnet ID", seen => string.Concat(
            E("subnetId", seen.Resource.Id), E("subnetArn", seen.Resource.Arn), E("state", "available"), E("vpcId", seen.Resource.VpcId),
            E("cidrBlock", seen.Resource.Cidr), E("availableIpAddressCount", 200), E("availabilityZone", seen.Resource.Zone),
            E("defaultForAz", false), E("ownerId", AwsServer.Account), TagSet(seen.Tags)))
        {
            Filters = new()
            {
                ["subnet-id"] = subnet => [subnet.Id],
                ["vpc-id"] = subnet => [subnet.VpcId],
                ["availability-zone"] = subnet => [subnet.Zone],
            },
        };

    private static readonly Kind<CloudGateway> Gateway =
        new("internetGatewaySet", "InternetGatewayId", "InvalidInternetGatewayID.NotFound", "internetGateway ID", seen => string.Concat(
            E("internetGatewayId", seen.Resource.Id), E("ownerId", AwsServer.Account),
            Xml.List("attachmentSet", "item", seen.Resource.VpcId is { } vpc ? [E("vpcId", vpc) + E("state", "available")] : []),
            TagSet(seen.Tags)))
        {
            Filters = new()
            {
                ["internet-gateway-id"] = gateway => [gateway.Id],
                ["attachment.vpc-id"] = gateway => [gateway.VpcId],
            },
        };

    private static readonly Kind<CloudFlowLog> FlowLog =
        new("flowLogSet", "FlowLogId", "InvalidFlowLogId.NotFound", "flow log", seen => string.Concat(
            E("flowLogId", seen.Resource.Id), E("flowLogStatus", "ACTIVE"), E("creationTime", seen.Resource.Created),
            E("resourceId", seen.Resource.ResourceId), E("trafficType", "REJECT"), E("logDestinationType", "cloud-watch-logs"),
            E("logGroupName", seen.Resource.LogGroup), E("deliverLogsPermissionArn", seen.Resource.Role),
            E("deliverLogsStatus", "SUCCESS"), TagSet(seen.Tags)))
        {
            Filters = new()
            {
                ["flow-log-id"] = log => [log.Id],
                ["resource-id"] = log => [log.ResourceId],
                ["log-group-name"] = log => [log.LogGroup],
            },
        };

    private void AddNetwork()
    {
        _actions["DescribeVpcs"] = (call, region) => Describe(call, region.Vpcs, Vpc);
        _actions["DeleteVpc"] = DeleteVpc;
        _actions["DescribeSubnets"] = (call, region) => Describe(call, region.Subnets, Subnet);
        _actions["DeleteSubnet"] = (call, region) =>
        {
            var subnet = Find(region.Subnets, Subnet, call.Required("SubnetId"));
            if (region.Interfaces.All.Any(card => card.SubnetId == subnet.Id))
                throw Depends($"The subnet '{subnet.Id}' has dependencies and cannot be deleted.");
            foreach (var table in region.RouteTables.All)
                foreach (var (id, _) in table.Associations.Where(one => one.Value == subnet.Id).ToList())
                    table.Associations.Remove(id);
            region.Subnets.Remove(subnet);
            return Done;
        };
        _actions["DescribeInternetGateways"] = (call, region) => Describe(call, region.Gateways, Gateway);
        _actions["DetachInternetGateway"] = DetachGateway;
        _actions["DeleteInternetGateway"] = (call, region) =>
        {
            var gateway = Find(region.Gateways, Gateway, call.Required("InternetGatewayId"));
            if (gateway.VpcId is not null) throw Depends($"The internetGateway '{gateway.Id}' has dependencies and cannot be deleted.");
            region.Gateways.Remove(gateway);
            return Done;
        };
        _actions["DescribeFlowLogs"] = (call, region) => Describe(call, region.FlowLogs, FlowLog);
        // Each by itself: failures are listed in a successful answer.
        _actions["DeleteFlowLogs"] = (call, region) => Xml.List("unsuccessful", "item", call.Form.List("FlowLogId").Select(id =>
        {
            if (!region.FlowLogs.TryFind(id, out var log))
            {
                var missing = FlowLog.Missing(id);
                return In("error", E("code", missing.Code), E("message", missing.Message)) + E("resourceId", id);
            }
            region.FlowLogs.Remove(log);
            return "";
        }).Where(failed => failed.Length > 0).ToList());
    }

    // What AWS made with it goes with it; anything else must have gone before ("Delete your VPC" in the VPC user guide).
    private static string DeleteVpc(ApiCall call, Ec2Region region)
    {
        var vpc = Find(region.Vpcs, Vpc, call.Required("VpcId"));
        var used = region.Subnets.All.Any(subnet => subnet.VpcId == vpc.Id)
            || region.Gateways.All.Any(gateway => gateway.VpcId == vpc.Id)
            || region.Interfaces.All.Any(card => card.VpcId == vpc.Id)
            || region.Groups.All.Any(group => group.VpcId == vpc.Id && !group.IsDefault)
            || region.RouteTables.All.Any(table => table.VpcId == vpc.Id && !table.IsMain);
        if (used) throw Depends($"The vpc '{vpc.Id}' has dependencies and cannot be deleted.");
        foreach (var table in region.RouteTables.All.Where(table => table.VpcId == vpc.Id)) region.RouteTables.Remove(table);
        foreach (var group in region.Groups.All.Where(group => group.VpcId == vpc.Id)) Remove(region, group);
        region.Vpcs.Remove(vpc);
        return Done;
    }

    private static string DetachGateway(ApiCall call, Ec2Region region)
    {
        var gateway = Find(region.Gateways, Gateway, call.Required("InternetGatewayId"));
        var vpc = Find(region.Vpcs, Vpc, call.Required("VpcId"));
        if (gateway.VpcId != vpc.Id)
            throw new AwsRefusedException(400, "Gateway.NotAttached", $"resource {gateway.Id} is not attached to network {vpc.Id}");
        var mapped = region.Addresses.All.Any(address =>
            region.Interfaces.TryFind(address.InterfaceId, out var card) && card.VpcId == vpc.Id);
        if (mapped)
        {
            throw Depends($"Network {vpc.Id} has some mapped public address(es). "
                + "Please unmap those public address(es) before detaching the gateway.");
        }
        gateway.VpcId = null;
        return Done;
    }
}
