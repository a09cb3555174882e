using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// Network interfaces.
public sealed partial class Ec2Api
{
    private static Kind<CloudInterface> Interface(Ec2Region region) =>
        new("networkInterfaceSet", "NetworkInterfaceId", "InvalidNetworkInterfaceID.NotFound", "networkInterface ID",
            seen => InterfaceItem(region, seen))
        {
            EitherIdsOrPages = true,
            Filters = new()
            {
                ["network-interface-id"] = card => [card.Id],
                ["vpc-id"] = card => [card.VpcId],
                ["subnet-id"] = card => [card.SubnetId],
                ["group-id"] = card => card.Groups,
                ["status"] = card => [StatusOf(card)],
                ["description"] = card => [card.Description],
                ["attachment.instance-id"] = card => [card.Attachment?.InstanceId],
                ["attachment.attachment-id"] = card => [card.Attachment?.Id],
                ["requester-managed"] = card => [card.RequesterManaged ? "true" : "false"],
            },
        };

    private void AddInterfaces()
    {
        _actions["DescribeNetworkInterfaces"] = (call, region) => Describe(call, region.Interfaces, Interface(region));
        _actions["DetachNetworkInterface"] = (call, region) =>
        {
            var id = call.Required("AttachmentId");
            var card = region.Interfaces.All.FirstOrDefault(card => card.Attachment?.Id == id)
                ?? throw new AwsRefusedException(400, "InvalidAttachmentID.NotFound", $"The attachment '{id}' does not exist");
            if (card.Attachment!.Device == 0)
                throw new AwsRefusedException(400, "OperationNotPermitted", "The network interface at device index 0 cannot be detached.");
            if (card.RequesterManaged)
                throw new AwsRefusedException(400, "OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
            card.Attachment = null;
            return Done;
        };
        _actions["DeleteNetworkInterface"] = (call, region) =>
        {
            var card = Find(region.Interfaces, Interface(region), call.Required("NetworkInterfaceId"));
            if (card.Attachment is not null)
                throw new AwsRefusedException(400, "InvalidParameterValue", $"Network interface '{card.Id}' is currently in use.");
            if (card.RequesterManaged)
                throw new AwsRefusedException(400, "OperationNotPermitted", $"Network interface '{card.Id}' is managed by its requester.");
            // An address that is associated with it is left without an association.
            foreach (var address in region.Addresses.All.Where(address => address.InterfaceId == card.Id)) Ec2Region.Disassociate(address);
            region.Interfaces.Remove(card);
            return Done;
        };
    }

    private static string StatusOf(CloudInterface card) => card.Attachment is null ? "available" : "in-use";

    private static string InterfaceItem(Ec2Region region, Seen<CloudInterface> seen)
    {
        var card = seen.Resource;
        var addresses = region.Addresses.All.Where(address => address.InterfaceId == card.Id).ToList();
        string Association(string ip) => addresses.FirstOrDefault(address => address.PrivateIp == ip) is { } address
            ? In("association", E("publicIp", address.PublicIp), E("ipOwnerId", AwsServer.Account), E("allocationId", address.Id),
                E("associationId", address.AssociationId))
            : "";
        return string.Concat(
            E("networkInterfaceId", card.Id), E("subnetId", card.SubnetId), E("vpcId", card.VpcId),
            E("availabilityZone", region.Subnets.TryFind(card.SubnetId, out var subnet) ? subnet.Zone : null),
            E("description", card.Description), E("ownerId", AwsServer.Account), E("requesterManaged", card.RequesterManaged),
            E("status", StatusOf(card)), E("privateIpAddress", card.PrivateIps[0]), E("sourceDestCheck", true),
            Xml.List("groupSet", "item", card.Groups.Select(group =>
                E("groupId", group) + E("groupName", region.Groups.TryFind(group, out var found) ? found.Name : ""))),
            AttachmentOf(card, withInstance: true), Association(card.PrivateIps[0]), TagSet(seen.Tags),
            Xml.List("privateIpAddressesSet", "item", card.PrivateIps.Select((ip, index) =>
                E("privateIpAddress", ip) + E("primary", index == 0) + Association(ip))),
            Xml.List("ipv6AddressesSet", "item", card.Ipv6.Select(ip => E("ipv6Address", ip))),
            E("interfaceType", "interface"));
    }

    private static string AttachmentOf(CloudInterface card, bool withInstance) =>
        card.Attachment is not { } attached ? "" : In("attachment",
        E("attachmentId", attached.Id),
        withInstance ? E("instanceId", attached.InstanceId) + E("instanceOwnerId", AwsServer.Account) : "",
        E("deviceIndex", attached.Device), E("status", "attached"), E("deleteOnTermination", attached.DeleteOnTermination));
}
