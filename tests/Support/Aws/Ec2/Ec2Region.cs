using System.Globalization;

namespace Causeway.Tests.Support.Aws.Ec2;

/// <summary>What EC2 has in one region.</summary>
public sealed class Ec2Region(string name, Injection injected)
{
    private int _addresses;

    /// <summary>The region.</summary>
    public string Name => name;

    public CloudTable<CloudVpc> Vpcs { get; } = new(injected);

    public CloudTable<CloudSubnet> Subnets { get; } = new(injected);

    public CloudTable<CloudGateway> Gateways { get; } = new(injected);

    public CloudTable<CloudRouteTable> RouteTables { get; } = new(injected);

    public CloudTable<CloudGroup> Groups { get; } = new(injected);

    public CloudTable<CloudGroupRule> GroupRules { get; } = new(injected);

    public CloudTable<CloudInterface> Interfaces { get; } = new(injected);

    public CloudTable<CloudAddress> Addresses { get; } = new(injected);

    public CloudTable<CloudVolume> Volumes { get; } = new(injected);

    public CloudTable<CloudInstance> Instances { get; } = new(injected);

    public CloudTable<CloudLaunchTemplate> LaunchTemplates { get; } = new(injected);

    public CloudTable<CloudFlowLog> FlowLogs { get; } = new(injected);

    /// <summary>Images that are published in the region.</summary>
    public CloudTable<CloudImage> Images { get; } = new(injected);

    /// <summary>The zones that offer each instance type.</summary>
    public Dictionary<string, string[]> Offered { get; } = [];

    /// <summary>The vCPUs of each instance type.</summary>
    public Dictionary<string, int> Cores { get; } = [];

    /// <summary>How many requests to EC2 in the region an instance takes to end.</summary>
    public int RequestsUntilTerminated { get; set; } = 3;

    internal IReadOnlyList<ICloudTable> Tables =>
    [
        Vpcs, Subnets, Gateways, RouteTables, Groups, GroupRules, Interfaces, Addresses, Volumes, Instances, LaunchTemplates, FlowLogs,
    ];

    /// <summary>An id that nothing else has, as <c>vpc-0000000000000001f</c>.</summary>
    public static string NewId(string prefix) => $"{prefix}-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..17]}";

    /// <summary>A public address that no other has: of the range for benchmarks (RFC 2544), a part of it for each region.</summary>
    public string NewPublicIp() => string.Create(CultureInfo.InvariantCulture, $"198.18.{name.Sum(letter => letter) % 256}.{++_addresses}");

    /// <summary>
    /// Makes a VPC with what AWS makes with each: the main route table, and the default security group with the rules that let its own
    /// members in and everything out.
    /// </summary>
    public CloudVpc NewVpc(
        string cidr, IReadOnlyDictionary<string, string>? tags = null, string? ipv6 = null, DateTimeOffset? created = null)
    {
        var vpc = Vpcs.Add(new()
        {
            Id = NewId("vpc"),
            Region = name,
            Cidr = cidr,
            Ipv6Cidr = ipv6,
            Tags = tags ?? new Dictionary<string, string>(),
            Created = created ?? DateTimeOffset.UtcNow,
        });
        var table = RouteTables.Add(new() { Id = NewId("rtb"), Region = name, VpcId = vpc.Id, IsMain = true });
        table.Routes[cidr] = "local";
        var group = Groups.Add(new()
        {
            Id = NewId("sg"),
            Region = name,
            VpcId = vpc.Id,
            Name = "default",
            Description = "default VPC security group",
        });
        GroupRules.Add(new() { Id = NewId("sgr"), Region = name, GroupId = group.Id, Protocol = "-1", OtherGroup = group.Id });
        GroupRules.Add(new() { Id = NewId("sgr"), Region = name, GroupId = group.Id, Protocol = "-1", Ipv4 = "0.0.0.0/0", Egress = true });
        return vpc;
    }

    /// <summary>The thing with an id, of whatever kind.</summary>
    internal Ec2Resource? Find(string id) =>
        Tables.SelectMany(table => table.There).OfType<Ec2Resource>().FirstOrDefault(resource => resource.Id == id);

    /// <summary>Time passes with requests: instances that end have ended after some.</summary>
    internal void Tick()
    {
        foreach (var instance in Instances.All.Where(instance => instance.State == "shutting-down" && --instance.RequestsLeft <= 0))
            End(instance);
    }

    // "Terminate Amazon EC2 instances" in the EC2 user guide: interfaces and volumes are deleted with the instance where their attachment
    // requests it.
    private void End(CloudInstance instance)
    {
        foreach (var card in Interfaces.All.Where(card => card.Attachment?.InstanceId == instance.Id))
        {
            var gone = card.Attachment!.DeleteOnTermination;
            card.Attachment = null;
            if (!gone) continue;
            foreach (var address in Addresses.All.Where(address => address.InterfaceId == card.Id)) Disassociate(address);
            Interfaces.Remove(card);
        }
        foreach (var volume in Volumes.All.Where(volume => volume.InstanceId == instance.Id))
        {
            volume.InstanceId = null;
            if (volume.DeleteOnTermination) Volumes.Remove(volume);
        }
        (instance.State, instance.VpcId, instance.SubnetId) = ("terminated", null, null);
    }

    internal static void Disassociate(CloudAddress address) =>
        (address.AssociationId, address.InterfaceId, address.PrivateIp) = (null, null, null);
}
