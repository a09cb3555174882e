using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;

namespace Causeway.Tests.Support.Aws.Stacks;

// Interfaces, addresses, instances with their disks, and records.
public sealed partial class StackInCloud
{
    private const string InterfaceType = "aws:ec2/networkInterface:NetworkInterface";
    private const string AddressType = "aws:ec2/eip:Eip";

    private IReadOnlyList<(string, Action<StackResource>)> HostSteps =>
    [
        (InterfaceType, planned => Add(planned, Ec2.Interfaces, new()
        {
            Id = Ec2Region.NewId("eni"), Region = _region, Created = _created, Tags = planned.Tags, SubnetId = SubnetOf(planned),
            VpcId = MadeOf<CloudSubnet>("aws:ec2/subnet:Subnet", planned["subnetId"]).VpcId, Description = planned["description"] ?? "",
            PrivateIps = planned.Told("privateIps") is { Count: > 0 } ips ? ips : ["10.0.0.4"], Ipv6 = planned.Told("ipv6Addresses"),
            Groups = [.. planned.Texts("securityGroups")
                .Select(group => MadeOf<CloudGroup>("aws:ec2/securityGroup:SecurityGroup", group).Id)],
        })),
        (AddressType, Address),
        ("aws:ec2/eipAssociation:EipAssociation", planned =>
        {
            var address = MadeOf<CloudAddress>(AddressType, planned["allocationId"]);
            address.InterfaceId = MadeOf<CloudInterface>(InterfaceType, planned["networkInterfaceId"]).Id;
            address.PrivateIp = planned.Text("privateIpAddress");
            address.AssociationId = Ec2Region.NewId("eipassoc");
        }),
        ("aws:route53/record:Record", Record),
        ("aws:ec2/instance:Instance", Instance),
    ];

    // The address that the program got, unless another stack has it: records use it too.
    private void Address(StackResource planned)
    {
        var told = planned.Outputs.GetValueOrDefault("publicIp") as string;
        var taken = told is null || _cloud.Regions.SelectMany(region => region.Ec2.Addresses.All).Any(address => address.PublicIp == told);
        var address = Add(planned, Ec2.Addresses, new()
        {
            Id = Ec2Region.NewId("eipalloc"),
            Region = _region,
            Created = _created,
            Tags = planned.Tags,
            PublicIp = taken ? Ec2.NewPublicIp() : told!,
        });
        if (told is not null) _told[told] = address.PublicIp;
    }

    private void Record(StackResource planned)
    {
        if (!_cloud.Zones.TryFind(planned["zoneId"], out var zone))
            throw new InvalidOperationException($"there is no zone {planned["zoneId"]} in the account; add it first");
        var record = new CloudRecord(planned.Text("name").TrimEnd('.').ToLowerInvariant(), planned.Text("type"), planned.Number("ttl", 0),
            [.. planned.Texts("records").Select(value => _told.GetValueOrDefault(value, value))]);
        if (zone.Records.Any(record.Names)) throw new InvalidOperationException($"{record.Name} {record.Type} is in the zone already");
        zone.Records.Add(record);
    }

    private void Instance(StackResource planned)
    {
        var card = MadeOf<CloudInterface>(
            InterfaceType, (string?)planned.Map("primaryNetworkInterface").GetValueOrDefault("networkInterfaceId"));
        if (!_cloud.Profiles.TryFind(planned["iamInstanceProfile"], out var profile))
            throw new InvalidOperationException($"{planned.Name}: there is no instance profile {planned["iamInstanceProfile"]}");
        var zone = Ec2.Subnets.All.Single(subnet => subnet.Id == card.SubnetId).Zone;
        var instance = Add(planned, Ec2.Instances, new()
        {
            Id = Ec2Region.NewId("i"),
            Region = _region,
            Created = _created,
            Tags = planned.Tags,
            Zone = zone,
            InstanceType = planned.Text("instanceType"),
            ProfileArn = profile.Arn,
            VpcId = card.VpcId,
            SubnetId = card.SubnetId,
            Protected = planned.Flag("disableApiTermination"),
        });
        // The interface was there before, so it stays when the instance goes.
        card.Attachment = new(Ec2Region.NewId("eni-attach"), instance.Id, 0, DeleteOnTermination: false);
        var disk = new StackResource(planned.Type, planned.Name, planned.Map("rootBlockDevice"), new Dictionary<string, object>());
        Ec2.Volumes.Add(new()
        {
            Id = Ec2Region.NewId("vol"),
            Region = _region,
            Created = _created,
            Tags = disk.Tags,
            Zone = zone,
            InstanceId = instance.Id,
            SizeGb = disk.Number("volumeSize", 8),
            VolumeType = disk["volumeType"] ?? "gp3",
            DeleteOnTermination = disk.Flag("deleteOnTermination"),
        });
    }
}
