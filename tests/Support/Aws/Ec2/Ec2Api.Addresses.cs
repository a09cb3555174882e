using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// Elastic IPs.
public sealed partial class Ec2Api
{
    // EC2 knows no pages of them.
    private static readonly Kind<CloudAddress> Address =
        new("addressesSet", "AllocationId", "InvalidAllocationID.NotFound", "allocation ID", seen => AddressItem(seen))
        {
            Paged = false,
            Filters = new()
            {
                ["allocation-id"] = address => [address.Id],
                ["association-id"] = address => [address.AssociationId],
                ["public-ip"] = address => [address.PublicIp],
                ["network-interface-id"] = address => [address.InterfaceId],
                ["private-ip-address"] = address => [address.PrivateIp],
                ["domain"] = _ => ["vpc"],
            },
        };

    private void AddAddresses()
    {
        _actions["DescribeAddresses"] = (call, region) => Describe(call, region.Addresses, Address);
        _actions["DisassociateAddress"] = (call, region) =>
        {
            var id = call.Required("AssociationId");
            var address = region.Addresses.All.FirstOrDefault(address => address.AssociationId == id)
                ?? throw new AwsRefusedException(400, "InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");
            Ec2Region.Disassociate(address);
            return Done;
        };
        _actions["ReleaseAddress"] = (call, region) =>
        {
            var address = Find(region.Addresses, Address, call.Required("AllocationId"));
            // "If you try to release an associated address, you get an error (InvalidIPAddress.InUse)" (ReleaseAddress, in a VPC).
            if (address.AssociationId is not null)
                throw new AwsRefusedException(400, "InvalidIPAddress.InUse", $"Address {address.PublicIp} is in use.");
            region.Addresses.Remove(address);
            return Done;
        };
    }

    private static string AddressItem(Seen<CloudAddress> seen)
    {
        var address = seen.Resource;
        return string.Concat(
            E("publicIp", address.PublicIp), E("allocationId", address.Id), E("domain", "vpc"),
            E("associationId", address.AssociationId), E("networkInterfaceId", address.InterfaceId),
            E("networkInterfaceOwnerId", address.InterfaceId is null ? null : AwsServer.Account), E("privateIpAddress", address.PrivateIp),
            E("publicIpv4Pool", "amazon"), E("networkBorderGroup", address.Region), TagSet(seen.Tags));
    }
}
