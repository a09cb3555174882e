using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Network;

/// <summary>Whether traffic comes to hosts or leaves them.</summary>
public enum Direction
{
    /// <summary>To hosts.</summary>
    Ingress,

    /// <summary>From hosts.</summary>
    Egress,
}

/// <summary>One rule of the hosts' security group. Whatever no rule allows is refused.</summary>
/// <param name="Direction">To hosts, or from them.</param>
/// <param name="IpProtocol"><c>udp</c>, <c>tcp</c>, <c>icmp</c> or <c>icmpv6</c>; never all of them.</param>
/// <param name="Ports">The hosts' ports for ingress, the others' for egress; <see cref="PortRange.None"/> for ICMP.</param>
/// <param name="Cidr">The others' address prefix.</param>
/// <param name="Description">What it is for; AWS shows it beside the rule.</param>
public sealed record FirewallRule(Direction Direction, string IpProtocol, PortRange Ports, string Cidr, string Description)
{
    /// <summary>Every IPv4 address.</summary>
    public const string EverywhereIpv4 = "0.0.0.0/0";

    /// <summary>Every IPv6 address.</summary>
    public const string EverywhereIpv6 = "::/0";

    /// <summary>The type of ICMP message that it is about, with every code of it; null for UDP and TCP.</summary>
    public int? IcmpType { get; init; }

    /// <summary>What AWS takes as the first port: of ICMP the message's type.</summary>
    public int FromPort => IcmpType ?? Ports.First;

    /// <summary>What AWS takes as the last port: of ICMP the message's code, where -1 is every one.</summary>
    public int ToPort => IcmpType is null ? Ports.Last : -1;

    /// <summary>What it opens, in words: <c>443</c>, <c>49152-65535</c>, <c>type 3</c>.</summary>
    public string Opens => IcmpType is { } type ? $"type {type}" : Ports.Count == 1 ? $"{Ports.First}" : $"{Ports}";

    /// <summary>
    /// Its name in the plan and in the resource graph: all that AWS knows a rule by. So another rule is another resource, which the engine makes beside the old one
    /// and deletes after the hosts that needed it; and the same rule, for another purpose, is the same resource, which AWS does not take a second time.
    /// </summary>
    public string Name => $"{(Direction == Direction.Ingress ? "in" : "out")}-{IpProtocol}-{Opens.Replace(' ', '-')}{(IsIpv6 ? "-ipv6" : "")}";

    /// <summary>Whether the prefix is of IPv6.</summary>
    public bool IsIpv6 => Cidr.Contains(':', StringComparison.Ordinal);
}
