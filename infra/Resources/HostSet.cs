using System.Collections.Immutable;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="HostSet"/>.</summary>
public sealed class HostSetArgs : ResourceArgs
{
    /// <summary>The host.</summary>
    public required HostPlan Host { get; init; }

    /// <summary>Whether it has IPv6 addresses.</summary>
    public required bool DualStack { get; init; }

    /// <summary>The relay's Elastic IP.</summary>
    public required ElasticIp Address { get; init; }

    /// <summary>The relay's DNS records; empty without a domain.</summary>
    public required IReadOnlyList<DnsRecord> Names { get; init; }

    /// <summary>The network.</summary>
    public required Network Network { get; init; }

    /// <summary>The name of the host's instance profile.</summary>
    public required Input<string> InstanceProfile { get; init; }

    /// <summary>The machine image's id.</summary>
    public required Input<string> Image { get; init; }

    /// <summary>The hosted zone's id; null without a domain.</summary>
    public Input<string>? Zone { get; init; }

    /// <summary>What the host fetches when it starts.</summary>
    public required ImmutableArray<Resource> Contents { get; init; }

    /// <summary>The stack's tags.</summary>
    public required ResourceTags Tags { get; init; }
}

/// <summary>
/// One generation: network interface, the relay's Elastic IP, its DNS records, and the instance, each depending on the one before. Their
/// names contain the generation's hash, so another hash is another set beside this one, and of the old set the instance is deleted first.
/// </summary>
/// <remarks>A change to what every host has in common raises <see cref="HostPlan.Revision"/>; a test asks for it.</remarks>
public sealed class HostSet : ComponentResource
{
    // Each service has an address of its own: both want 443/TCP.
    private static readonly int Services = Enum.GetValues<Service>().Length;

    /// <summary>The instance's id.</summary>
    public Output<string> InstanceId { get; }

    /// <summary>The network interface's id.</summary>
    public Output<string> InterfaceId { get; }

    /// <summary>The relay's Elastic IP.</summary>
    public Output<string> RelayAddress { get; }

    /// <summary>The relay's IPv6 address; empty without IPv6.</summary>
    public Output<string> RelayIpv6 { get; }

    /// <summary>The private address behind signalling's Elastic IP.</summary>
    public Output<string> SignallingPrivateAddress { get; }

    /// <summary>Signalling's IPv6 address; empty without IPv6.</summary>
    public Output<string> SignallingIpv6 { get; }

    /// <summary>Registers the set.</summary>
    public HostSet(string name, HostSetArgs args, ComponentResourceOptions? options = null) : base("causeway:index:HostSet", name, options)
    {
        var (host, tags) = (args.Host, args.Tags);
        var networkInterface = new NetworkInterface(name, new()
        {
            SubnetId = args.Network.SubnetId,
            SecurityGroups = { args.Network.SecurityGroupId },
            // The provider counts those beside the primary one.
            PrivateIpsCount = Services - 1,
            Ipv6AddressCount = args.DualStack ? Services : 0,
            SourceDestCheck = true,
            Description = name,
            Tags = tags.Named("network interface", name),
        }, this.Within());

        var address = new Eip(name, new()
        {
            Domain = "vpc",
            Tags = tags.Named("Elastic IP", args.Address.Name),
        }, this.Within(networkInterface));
        // An address can be associated only where a gateway is attached, and a gateway can be deleted only when no address is left.
        var association = new EipAssociation(name, new()
        {
            AllocationId = address.Id,
            NetworkInterfaceId = networkInterface.Id,
            PrivateIpAddress = networkInterface.PrivateIp,
        }, this.Sole(args.Network.Gateway));

        Output<string> Ipv6(Service service) =>
            args.DualStack ? networkInterface.Ipv6Addresses.Apply(addresses => Ipv6Addresses.Of(service, addresses)) : Output.Create("");
        Input<string> AddressFor(DnsRecord record) => record.Type == "A" ? address.PublicIp : Ipv6(Service.Relay);
        var records = args.Names
            .Select(record => DnsRecords.Register($"{name}-{record.Type}", record, args.Zone!, AddressFor(record), this.Sole(association)))
            .ToList();

        var instance = new Instance(name, new()
        {
            Ami = args.Image,
            InstanceType = host.InstanceType,
            IamInstanceProfile = args.InstanceProfile,
            // From the association, so that the address works before the instance starts and goes after it.
            PrimaryNetworkInterface = new InstancePrimaryNetworkInterfaceArgs { NetworkInterfaceId = association.NetworkInterfaceId },
            MetadataOptions = new InstanceMetadataOptionsArgs
            {
                HttpEndpoint = "enabled",
                // Version 2 only. One hop keeps the answers, with the role's credentials among them, on the instance.
                HttpTokens = "required",
                HttpPutResponseHopLimit = 1,
                InstanceMetadataTags = "disabled",
            },
            RootBlockDevice = new InstanceRootBlockDeviceArgs
            {
                VolumeSize = host.DiskGb,
                VolumeType = "gp3",
                Encrypted = true,
                DeleteOnTermination = true,
                // All of them: default tags reach a root volume only when it is created (hashicorp/terraform-provider-aws#38301).
                Tags = tags.All("instance", name).ToDictionary(),
            },
            CreditSpecification = host.UnlimitedCredits ? new InstanceCreditSpecificationArgs { CpuCredits = "unlimited" } : null!,
            // An instance has no data, so nothing keeps it from being replaced. It has no SSH key either.
            DisableApiTermination = false,
            UserData = host.CloudInit.Render(),
            UserDataReplaceOnChange = true,
            Tags = tags.Named("instance", name),
            // An interface belongs to one instance: a second one is refused (InvalidNetworkInterface.InUse) until the first is gone.
        }, this.Sole([association, .. records, .. args.Network.Ready, .. args.Contents]));

        InstanceId = instance.Id;
        InterfaceId = networkInterface.Id;
        RelayAddress = address.PublicIp;
        RelayIpv6 = Ipv6(Service.Relay);
        SignallingPrivateAddress = Output.Tuple(networkInterface.PrivateIp, networkInterface.PrivateIps)
            .Apply(both => both.Item2.First(other => other != both.Item1));
        SignallingIpv6 = Ipv6(Service.Signalling);
        RegisterOutputs(new Dictionary<string, object?>
        {
            ["instanceId"] = InstanceId,
            ["interfaceId"] = InterfaceId,
            ["relayAddress"] = RelayAddress,
            ["relayIpv6"] = RelayIpv6,
            ["signallingPrivateAddress"] = SignallingPrivateAddress,
            ["signallingIpv6"] = SignallingIpv6,
        });
    }
}
