using Causeway.Blueprint;
using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Route53;

namespace Causeway.Infra.Resources;

/// <summary>What signalling's address is made from.</summary>
public sealed class SignallingAddressArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The network that the interface is in.</summary>
    public required Network Network { get; init; }

    /// <summary>The network interface that it points to, known once the generation was admitted.</summary>
    public required Input<string> InterfaceId { get; init; }

    /// <summary>The interface's private address for signalling.</summary>
    public required Input<string> PrivateAddress { get; init; }

    /// <summary>Signalling's IPv6 address, known once the generation was admitted.</summary>
    public required Input<string> Ipv6 { get; init; }

    /// <summary>The hosted zone's id; null without a domain.</summary>
    public Input<string>? Zone { get; init; }
}

/// <summary>Signalling's Elastic IP and DNS name. They belong to the stack; they move to a new generation after it was admitted.</summary>
public sealed class SignallingAddress : ComponentResource
{
    /// <summary>The Elastic IP.</summary>
    public Output<string> Address { get; }

    /// <summary>The Elastic IP, known once it points to the admitted generation's host.</summary>
    public Output<string> Moved { get; }

    /// <summary>Registers them.</summary>
    public SignallingAddress(string name, SignallingAddressArgs args, ComponentResourceOptions? options = null) : base("causeway:index:SignallingAddress", name, options)
    {
        var plan = args.Plan;
        var planned = plan.Addresses.Single(address => address.Service == Service.Signalling);
        var address = new Eip(name, new() { Domain = "vpc", Tags = plan.Tagged("Elastic IP", planned.Name) }, this.Within());
        // The provider changes no association; another host is another one. It takes the address over from the one before, which is deleted afterwards: that AWS no
        // longer knows it then is no failure to the provider.
        var association = new EipAssociation(name, new()
        {
            AllocationId = address.Id,
            NetworkInterfaceId = args.InterfaceId,
            PrivateIpAddress = args.PrivateAddress,
            AllowReassociation = true,
        }, this.Within(args.Network.Gateway));
        foreach (var record in plan.Names.Where(record => record.Service == Service.Signalling))
        {
            // Another name, or the same in another zone, is another record: the one before goes with the generation that was known by it.
            _ = new Record($"{name}-{record.Name}-{record.Type}-in-{plan.Settings.HostedZone}", new()
            {
                ZoneId = args.Zone!,
                Name = record.Name,
                Type = record.Type,
                Ttl = record.TtlSeconds,
                Records = { record.Type == "A" ? address.PublicIp : args.Ipv6 },
            }, this.Sole());
        }
        Address = address.PublicIp;
        // An association has an id of its own, which is known when the address points there.
        Moved = Output.Tuple(address.PublicIp, association.Id).Apply(both => both.Item1);
        RegisterOutputs(new Dictionary<string, object?> { ["address"] = Address });
    }
}
