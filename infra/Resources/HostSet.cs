using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;
using Pulumi.Aws.Route53;

namespace Causeway.Infra.Resources;

/// <summary>What a generation's set is made from.</summary>
public sealed class HostSetArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The host in it.</summary>
    public required HostPlan Host { get; init; }

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
}

/// <summary>
/// One generation: network interface, the relay's Elastic IP, its DNS records, and the instance, each depending on the one before. All of their names
/// hold the generation's hash, so another hash is another set beside this one, and of the old set the instance goes first.
/// </summary>
public sealed class HostSet : ComponentResource
{
    /// <summary>The instance's id.</summary>
    public Output<string> InstanceId { get; }

    /// <summary>The network interface's id.</summary>
    public Output<string> InterfaceId { get; }

    /// <summary>The relay's Elastic IP.</summary>
    public Output<string> RelayAddress { get; }

    /// <summary>The relay's IPv6 address; empty without IPv6.</summary>
    public Output<string> RelayIpv6 { get; }

    /// <summary>The private address that signalling's Elastic IP stands for.</summary>
    public Output<string> SignallingPrivateAddress { get; }

    /// <summary>Signalling's IPv6 address; empty without IPv6.</summary>
    public Output<string> SignallingIpv6 { get; }

    /// <summary>Registers the set.</summary>
    public HostSet(string name, HostSetArgs args, ComponentResourceOptions? options = null) : base("causeway:index:HostSet", name, options)
    {
        var (plan, host) = (args.Plan, args.Host);
        var card = new NetworkInterface(name, new()
        {
            SubnetId = args.Network.SubnetId,
            SecurityGroups = { args.Network.SecurityGroupId },
            // The provider counts those beside the primary one.
            PrivateIpsCount = host.Interface.PrivateAddresses - 1,
            Ipv6AddressCount = host.Interface.Ipv6Addresses,
            SourceDestCheck = host.Interface.SourceDestCheck,
            Description = host.Interface.Name,
            Tags = plan.Tagged("network interface", host.Interface.Name),
        }, this.Within());

        var planned = plan.Addresses.Single(address => address.Service == Service.Relay);
        var address = new Eip(name, new() { Domain = "vpc", Tags = plan.Tagged("Elastic IP", planned.Name) }, this.Within(card));
        // An address can be associated only where a gateway is attached, and a gateway goes only when no address is left.
        var association = new EipAssociation(name, new() { AllocationId = address.Id, NetworkInterfaceId = card.Id, PrivateIpAddress = card.PrivateIp },
            this.Sole(args.Network.Gateway));

        var records = plan.Names.Where(record => record.Service == Service.Relay).Select(record => new Record($"{name}-{record.Type}", new()
        {
            ZoneId = args.Zone!,
            Name = record.Name,
            Type = record.Type,
            Ttl = record.TtlSeconds,
            Records = { record.Type == "A" ? address.PublicIp : card.Ipv6Addresses.Apply(addresses => Ipv6Addresses.Of(Service.Relay, addresses)) },
        }, this.Sole(association))).ToList<Resource>();

        var instance = new Instance(name, new()
        {
            Ami = args.Image,
            InstanceType = host.InstanceType,
            IamInstanceProfile = args.InstanceProfile,
            // From the association, so that the address stands before the instance starts and goes after it has gone.
            PrimaryNetworkInterface = new InstancePrimaryNetworkInterfaceArgs { NetworkInterfaceId = association.NetworkInterfaceId },
            MetadataOptions = new InstanceMetadataOptionsArgs
            {
                HttpEndpoint = "enabled",
                HttpTokens = host.Metadata.TokensRequired ? "required" : "optional",
                HttpPutResponseHopLimit = host.Metadata.HopLimit,
                InstanceMetadataTags = host.Metadata.InstanceTags ? "enabled" : "disabled",
            },
            RootBlockDevice = new InstanceRootBlockDeviceArgs
            {
                VolumeSize = host.Disk.SizeGb,
                VolumeType = host.Disk.Type,
                Encrypted = host.Disk.Encrypted,
                DeleteOnTermination = host.Disk.DeleteOnTermination,
                Tags = plan.Tagged("instance", host.Name),
            },
            CreditSpecification = host.UnlimitedCredits ? new InstanceCreditSpecificationArgs { CpuCredits = "unlimited" } : null!,
            KeyName = host.KeyPair!,
            DisableApiTermination = host.TerminationProtection,
            UserData = host.CloudInit.Render(),
            UserDataReplaceOnChange = true,
            Tags = plan.Tagged("instance", host.Name),
            // An interface is one instance's: a second one is refused it (InvalidNetworkInterface.InUse) until the first is gone.
        }, this.Sole([association, .. records, .. args.Network.Ready, .. args.Contents]));

        InstanceId = instance.Id;
        InterfaceId = card.Id;
        RelayAddress = address.PublicIp;
        RelayIpv6 = plan.Network.DualStack ? card.Ipv6Addresses.Apply(addresses => Ipv6Addresses.Of(Service.Relay, addresses)) : Output.Create("");
        SignallingPrivateAddress = Output.Tuple(card.PrivateIp, card.PrivateIps).Apply(both => both.Item2.First(other => other != both.Item1));
        SignallingIpv6 = plan.Network.DualStack ? card.Ipv6Addresses.Apply(addresses => Ipv6Addresses.Of(Service.Signalling, addresses)) : Output.Create("");
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
