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
/// <param name="IpProtocol"><c>udp</c> or <c>tcp</c>; never all of them.</param>
/// <param name="Ports">The hosts' ports for ingress, the others' for egress.</param>
/// <param name="Cidr">The others' address prefix.</param>
/// <param name="Description">What it is for; AWS shows it beside the rule.</param>
public sealed record FirewallRule(Direction Direction, string IpProtocol, PortRange Ports, string Cidr, string Description)
{
    /// <summary>Every IPv4 address.</summary>
    public const string EverywhereIpv4 = "0.0.0.0/0";

    /// <summary>Every IPv6 address.</summary>
    public const string EverywhereIpv6 = "::/0";

    /// <summary>
    /// Its name in the plan and in the resource graph: all that AWS knows a rule by. So another rule is another resource, which the engine makes beside the old one
    /// and deletes after the hosts that needed it; and the same rule, for another purpose, is the same resource, which AWS does not take a second time.
    /// </summary>
    public string Name => $"{(Direction == Direction.Ingress ? "in" : "out")}-{IpProtocol}-{(Ports.Count == 1 ? $"{Ports.First}" : $"{Ports}")}{(IsIpv6 ? "-ipv6" : "")}";

    /// <summary>Whether the prefix is of IPv6.</summary>
    public bool IsIpv6 => Cidr.Contains(':', StringComparison.Ordinal);
}
