namespace Causeway.Tests.Support.Aws.Ec2;

/// <summary>A network with a host that belongs to another program, or is left over: every kind of resource of EC2.</summary>
public sealed class ForeignNetwork
{
    private ForeignNetwork()
    {
    }

    public required CloudVpc Vpc { get; init; }

    public required CloudSubnet Subnet { get; init; }

    public required CloudGateway Gateway { get; init; }

    public required CloudRouteTable Table { get; init; }

    public required CloudGroup Group { get; init; }

    public required CloudInterface Card { get; init; }

    public required CloudAddress Address { get; init; }

    public required CloudVolume Volume { get; init; }

    public required CloudInstance Instance { get; init; }

    public required CloudLaunchTemplate Template { get; init; }

    public required CloudFlowLog FlowLog { get; init; }

    /// <summary>How many things it is made of, with those that AWS makes with a VPC.</summary>
    public const int Count = 11 + 5;

    /// <summary>Stands one up.</summary>
    /// <param name="region">Where.</param>
    /// <param name="tags">The tags of everything in it.</param>
    public static ForeignNetwork In(Ec2Region region, IReadOnlyDictionary<string, string>? tags = null)
    {
        var (name, own) = (region.Name, tags ?? new Dictionary<string, string>());
        var zone = $"{name}a";
        var vpc = region.NewVpc("10.9.0.0/16", own);
        var subnet = region.Subnets.Add(new()
        {
            Id = Ec2Region.NewId("subnet"),
            Region = name,
            VpcId = vpc.Id,
            Zone = zone,
            Cidr = "10.9.0.0/24",
            Tags = own,
        });
        var gateway = region.Gateways.Add(new() { Id = Ec2Region.NewId("igw"), Region = name, VpcId = vpc.Id, Tags = own });
        var table = region.RouteTables.Add(new() { Id = Ec2Region.NewId("rtb"), Region = name, VpcId = vpc.Id, Tags = own });
        table.Routes[vpc.Cidr] = "local";
        table.Routes["0.0.0.0/0"] = gateway.Id;
        table.Associations[Ec2Region.NewId("rtbassoc")] = subnet.Id;
        var group = region.Groups.Add(new() { Id = Ec2Region.NewId("sg"), Region = name, VpcId = vpc.Id, Name = "hosts", Tags = own });
        region.GroupRules.Add(new()
        {
            Id = Ec2Region.NewId("sgr"),
            Region = name,
            GroupId = group.Id,
            Protocol = "tcp",
            FromPort = 443,
            ToPort = 443,
            Ipv4 = "0.0.0.0/0",
            Tags = own,
        });
        var instance = region.Instances.Add(new()
        {
            Id = Ec2Region.NewId("i"),
            Region = name,
            InstanceType = "t3.small",
            Zone = zone,
            VpcId = vpc.Id,
            SubnetId = subnet.Id,
            Tags = own,
        });
        var card = region.Interfaces.Add(new()
        {
            Id = Ec2Region.NewId("eni"),
            Region = name,
            SubnetId = subnet.Id,
            VpcId = vpc.Id,
            PrivateIps = ["10.9.0.5"],
            Groups = [group.Id],
            Tags = own,
            Attachment = new(Ec2Region.NewId("eni-attach"), instance.Id, 0, DeleteOnTermination: false),
        });
        return new()
        {
            Vpc = vpc,
            Subnet = subnet,
            Gateway = gateway,
            Table = table,
            Group = group,
            Instance = instance,
            Card = card,
            Address = region.Addresses.Add(new()
            {
                Id = Ec2Region.NewId("eipalloc"),
                Region = name,
                PublicIp = region.NewPublicIp(),
                AssociationId = Ec2Region.NewId("eipassoc"),
                InterfaceId = card.Id,
                PrivateIp = "10.9.0.5",
                Tags = own,
            }),
            Volume = region.Volumes.Add(
                new() { Id = Ec2Region.NewId("vol"), Region = name, Zone = zone, InstanceId = instance.Id, Tags = own }),
            Template = region.LaunchTemplates.Add(new() { Id = Ec2Region.NewId("lt"), Region = name, Name = "other", Tags = own }),
            FlowLog = region.FlowLogs.Add(new()
            {
                Id = Ec2Region.NewId("fl"),
                Region = name,
                ResourceId = vpc.Id,
                LogGroup = "/other/traffic",
                Tags = own,
            }),
        };
    }
}
