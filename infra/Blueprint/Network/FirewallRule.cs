using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Network;

/// <summary>The direction of traffic, seen from the hosts.</summary>
public enum Direction
{
    Ingress,
    Egress,
}

/// <summary>A rule of the hosts' security group, which rejects everything that no rule allows.</summary>
/// <param name="IpProtocol"><c>udp</c>, <c>tcp</c>, <c>icmp</c> or <c>icmpv6</c>.</param>
/// <param name="Ports">The hosts' ports for ingress, the peers' for egress; <see cref="PortRange.None"/> for ICMP.</param>
public sealed record FirewallRule(Direction Direction, string IpProtocol, PortRange Ports, string Cidr, string Description)
{
    public const string EverywhereIpv4 = "0.0.0.0/0";
    public const string EverywhereIpv6 = "::/0";

    /// <summary>Gets its kind of resource, as in <see cref="Inventory"/>.</summary>
    public string Kind => Direction == Direction.Ingress ? "ingress rule" : "egress rule";

    /// <summary>Gets the type of ICMP message, with all of its codes; null for UDP and TCP.</summary>
    public int? IcmpType { get; init; }

    /// <summary>Gets AWS's first port; the message's type for ICMP.</summary>
    public int FromPort => IcmpType ?? Ports.First;

    /// <summary>Gets AWS's last port; the message's code for ICMP, where -1 means all.</summary>
    public int ToPort => IcmpType is null ? Ports.Last : -1;

    /// <summary>Gets what it opens: <c>443</c>, <c>49152-65535</c>, <c>type 3</c>.</summary>
    public string Opens => IcmpType is { } type ? $"type {type}" : Ports.Count == 1 ? $"{Ports.First}" : $"{Ports}";

    /// <summary>
    /// Gets its name in the resource graph, made of everything that identifies a rule in AWS. So another rule is another resource, which
    /// the engine creates beside the old one, and the same rule with another purpose stays the same resource, because AWS accepts it only
    /// once.
    /// </summary>
    public string Name =>
        $"{(Direction == Direction.Ingress ? "in" : "out")}-{IpProtocol}-{Opens.Replace(' ', '-')}{(IsIpv6 ? "-ipv6" : "")}";

    public bool IsIpv6 => Cidr.Contains(':', StringComparison.Ordinal);
}
