using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.Ec2;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="SignallingAddress"/>.</summary>
public sealed class SignallingAddressArgs : ResourceArgs
{
    /// <summary>Signalling's Elastic IP.</summary>
    public required ElasticIp Address { get; init; }

    /// <summary>Signalling's DNS records; empty without a domain.</summary>
    public required IReadOnlyList<DnsRecord> Names { get; init; }

    /// <summary>The network that the interface is in.</summary>
    public required Network Network { get; init; }

    /// <summary>The network interface that it points to, known after the gate.</summary>
    public required Input<string> InterfaceId { get; init; }

    /// <summary>The interface's private address for signalling.</summary>
    public required Input<string> PrivateAddress { get; init; }

    /// <summary>Signalling's IPv6 address, known after the gate.</summary>
    public required Input<string> Ipv6 { get; init; }

    /// <summary>The hosted zone's name; null without a domain.</summary>
    public string? ZoneName { get; init; }

    /// <summary>The hosted zone's id; null without a domain.</summary>
    public Input<string>? Zone { get; init; }

    /// <summary>The stack's tags.</summary>
    public required ResourceTags Tags { get; init; }
}

/// <summary>Signalling's Elastic IP and DNS name. They belong to the stack and move to a new generation after the gate.</summary>
public sealed class SignallingAddress : ComponentResource
{
    /// <summary>The Elastic IP.</summary>
    public Output<string> Address { get; }

    /// <summary>The Elastic IP, known once it points to the new generation's host.</summary>
    public Output<string> Moved { get; }

    /// <summary>Registers them.</summary>
    public SignallingAddress(string name, SignallingAddressArgs args, ComponentResourceOptions? options = null)
        : base("causeway:index:SignallingAddress", name, options)
    {
        var address = new Eip(name, new() { Domain = "vpc", Tags = args.Tags.Named("Elastic IP", args.Address.Name) }, this.Within());
        // The provider can't change an association, so another host gets a new one. It takes over the address before the old one is
        // deleted, and the provider accepts that AWS no longer knows the old one.
        var association = new EipAssociation(name, new()
        {
            AllocationId = address.Id,
            NetworkInterfaceId = args.InterfaceId,
            PrivateIpAddress = args.PrivateAddress,
            AllowReassociation = true,
        }, this.Within(args.Network.Gateway));
        foreach (var record in args.Names)
        {
            // Another name or zone is another record: the old one is deleted with the generation that used it.
            var recordName = $"{name}-{record.Name}-{record.Type}-in-{args.ZoneName}";
            _ = DnsRecords.Register(recordName, record, args.Zone!, record.Type == "A" ? address.PublicIp : args.Ipv6, this.Sole());
        }
        Address = address.PublicIp;
        // The association's id is known when the address points there.
        Moved = Output.Tuple(address.PublicIp, association.Id).Apply(both => both.Item1);
        RegisterOutputs(new Dictionary<string, object?> { ["address"] = Address });
    }
}
