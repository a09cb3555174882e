namespace Causeway.Tests.Support.Aws.Ec2;

/// <summary>A thing in EC2, which has an ARN of its type and id.</summary>
public abstract class Ec2Resource : CloudResource
{
    /// <summary>Its type as ARNs and DescribeTags name it, as <c>network-interface</c>.</summary>
    public abstract string Type { get; }

    /// <inheritdoc />
    public override string Arn => $"arn:aws:ec2:{Region}:{AwsServer.Account}:{Type}/{Id}";

    /// <inheritdoc />
    public override string TaggingType => $"ec2:{Type}";
}

/// <summary>A VPC.</summary>
public sealed class CloudVpc : Ec2Resource
{
    public override string Type => "vpc";

    public required string Cidr { get; init; }

    public string? Ipv6Cidr { get; init; }

    public bool IsDefault { get; init; }
}

/// <summary>A subnet.</summary>
public sealed class CloudSubnet : Ec2Resource
{
    public override string Type => "subnet";

    public required string VpcId { get; init; }

    public required string Zone { get; init; }

    public required string Cidr { get; init; }
}

/// <summary>An internet gateway.</summary>
public sealed class CloudGateway : Ec2Resource
{
    public override string Type => "internet-gateway";

    /// <summary>The VPC that it is attached to.</summary>
    public string? VpcId { get; set; }
}

/// <summary>A route table with its routes and associations; the one with <see cref="IsMain"/> goes with its VPC alone.</summary>
public sealed class CloudRouteTable : Ec2Resource
{
    public override string Type => "route-table";

    public required string VpcId { get; init; }

    public bool IsMain { get; init; }

    /// <summary>Destinations, each with the gateway.</summary>
    public Dictionary<string, string> Routes { get; } = [];

    /// <summary>Ids of associations, each with the subnet.</summary>
    public Dictionary<string, string> Associations { get; } = [];
}

/// <summary>A security group.</summary>
public sealed class CloudGroup : Ec2Resource
{
    public override string Type => "security-group";

    public required string VpcId { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public bool IsDefault => Name == "default";
}

/// <summary>A rule of a security group.</summary>
public sealed class CloudGroupRule : Ec2Resource
{
    public override string Type => "security-group-rule";

    public required string GroupId { get; init; }

    public bool Egress { get; init; }

    public required string Protocol { get; init; }

    public int FromPort { get; init; } = -1;

    public int ToPort { get; init; } = -1;

    public string? Ipv4 { get; init; }

    public string? Ipv6 { get; init; }

    /// <summary>Another group, or the same, that the rule is about.</summary>
    public string? OtherGroup { get; init; }

    public string Description { get; init; } = "";
}

/// <summary>A network interface.</summary>
public sealed class CloudInterface : Ec2Resource
{
    public override string Type => "network-interface";

    public required string SubnetId { get; init; }

    public required string VpcId { get; init; }

    public string Description { get; init; } = "";

    public required IReadOnlyList<string> PrivateIps { get; init; }

    public IReadOnlyList<string> Ipv6 { get; init; } = [];

    public List<string> Groups { get; init; } = [];

    /// <summary>Whether a service of AWS made it, which alone removes it.</summary>
    public bool RequesterManaged { get; init; }

    public CloudAttachment? Attachment { get; set; }
}

/// <summary>The attachment of an interface to an instance.</summary>
public sealed record CloudAttachment(string Id, string InstanceId, int Device, bool DeleteOnTermination);

/// <summary>An Elastic IP; its id is the allocation's.</summary>
public sealed class CloudAddress : Ec2Resource
{
    public override string Type => "elastic-ip";

    public required string PublicIp { get; init; }

    public string? AssociationId { get; set; }

    public string? InterfaceId { get; set; }

    public string? PrivateIp { get; set; }
}

/// <summary>A volume.</summary>
public sealed class CloudVolume : Ec2Resource
{
    public override string Type => "volume";

    public required string Zone { get; init; }

    public int SizeGb { get; init; } = 8;

    public string VolumeType { get; init; } = "gp3";

    /// <summary>The instance that it is attached to.</summary>
    public string? InstanceId { get; set; }

    public bool DeleteOnTermination { get; init; } = true;
}

/// <summary>An instance.</summary>
public sealed class CloudInstance : Ec2Resource
{
    public override string Type => "instance";

    public required string InstanceType { get; init; }

    public required string Zone { get; init; }

    public string Image { get; init; } = "ami-1";

    public string? ProfileArn { get; init; }

    public string? VpcId { get; set; }

    public string? SubnetId { get; set; }

    public int Cores { get; init; } = 1;

    /// <summary>Threads of each core.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>What it is beside a usual one, as <c>spot</c>.</summary>
    public string? Lifecycle { get; init; }

    public string Tenancy { get; init; } = "default";

    /// <summary>Whether TerminateInstances is refused.</summary>
    public bool Protected { get; set; }

    /// <summary>Its state, as <c>running</c>.</summary>
    public string State { get; set; } = "running";

    /// <summary>How many requests to EC2 it still takes to end.</summary>
    internal int RequestsLeft { get; set; }
}

/// <summary>A launch template.</summary>
public sealed class CloudLaunchTemplate : Ec2Resource
{
    public override string Type => "launch-template";

    public required string Name { get; init; }
}

/// <summary>A flow log.</summary>
public sealed class CloudFlowLog : Ec2Resource
{
    public override string Type => "vpc-flow-log";

    /// <summary>What it is about: a VPC, a subnet, an interface.</summary>
    public required string ResourceId { get; init; }

    public required string LogGroup { get; init; }

    public string? Role { get; init; }
}
