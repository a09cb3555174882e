using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Hosts;

/// <summary>One EC2 instance of one generation.</summary>
public sealed record HostPlan
{
    /// <summary>Its name, with the generation in it.</summary>
    public required string Name { get; init; }

    /// <summary>The instance type.</summary>
    public required string InstanceType { get; init; }

    /// <summary>The processor.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>The machine image.</summary>
    public required ImagePlan Image { get; init; }

    /// <summary>How the instance reaches its metadata.</summary>
    public required MetadataOptions Metadata { get; init; }

    /// <summary>The disk.</summary>
    public required DiskPlan Disk { get; init; }

    /// <summary>The network interface.</summary>
    public required InterfacePlan Interface { get; init; }

    /// <summary>The EC2 key pair for SSH: always null. Here so that a rule can say so.</summary>
    public string? KeyPair { get; init; }

    /// <summary>The role that its programs have.</summary>
    public required string Role { get; init; }

    /// <summary>What it is given as user-data: enough to fetch everything else.</summary>
    public required CloudInit CloudInit { get; init; }

    /// <summary>The files that it fetches.</summary>
    public required IReadOnlyList<HostFile> Files { get; init; }

    /// <summary>Its systemd units.</summary>
    public required IReadOnlyList<Unit> Units { get; init; }

    /// <summary>Whether the instance type's processor credits may go into debt rather than slow calls down.</summary>
    public required bool UnlimitedCredits { get; init; }

    /// <summary>Whether the root of the instance may be stopped from being replaced: never, an instance holds no data.</summary>
    public bool TerminationProtection { get; init; }
}

/// <summary>A machine image by its exact name: a newer one is a decision, not an accident.</summary>
/// <param name="Name">The name.</param>
/// <param name="Owner">The account that published it; a name alone could be anybody's.</param>
public sealed record ImagePlan(string Name, string Owner)
{
    /// <summary>The account of Debian's cloud team (https://wiki.debian.org/Cloud/AmazonEC2Image).</summary>
    public const string DebianOwner = "136693071363";
}

/// <summary>How an instance reaches its metadata, and the role's credentials in it.</summary>
/// <param name="TokensRequired">Only version 2 of the service, with session tokens.</param>
/// <param name="HopLimit">How many hops an answer lives: 1 keeps it on the instance itself.</param>
/// <param name="InstanceTags">Whether tags are readable there: nothing needs them.</param>
public sealed record MetadataOptions(bool TokensRequired, int HopLimit, bool InstanceTags);

/// <summary>The disk of an instance.</summary>
/// <param name="SizeGb">Its size in GiB.</param>
/// <param name="Type">The EBS volume type.</param>
/// <param name="Encrypted">Whether it is encrypted at rest.</param>
/// <param name="DeleteOnTermination">Whether it goes with the instance: always, it holds nothing that is not made anew.</param>
public sealed record DiskPlan(int SizeGb, string Type, bool Encrypted, bool DeleteOnTermination);

/// <summary>A network interface.</summary>
/// <param name="Name">Its name, with the generation in it.</param>
/// <param name="PrivateAddresses">How many private IPv4 addresses AWS gives it; which ones is AWS's choice.</param>
/// <param name="Ipv6Addresses">How many IPv6 addresses AWS gives it.</param>
/// <param name="SourceDestCheck">Whether it takes only traffic that is for itself.</param>
public sealed record InterfacePlan(string Name, int PrivateAddresses, int Ipv6Addresses, bool SourceDestCheck);
