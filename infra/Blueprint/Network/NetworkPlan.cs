using System.Net;

namespace Causeway.Blueprint.Network;

/// <summary>The network of the hosts: one VPC, filled by one public subnet.</summary>
/// <param name="Name">
/// The name, with a hash of what can't change below running hosts: prefix, zone and dual stack. Another hash is another network, which
/// exists beside the old one until its generation is admitted.
/// </param>
/// <param name="Prefix">The private IPv4 prefix. AWS chooses the IPv6 prefix.</param>
/// <param name="DualStack">Whether it has an IPv6 prefix and a route for it.</param>
public sealed record NetworkPlan(string Name, IPNetwork Prefix, string Zone, bool DualStack, FlowLogPlan FlowLog)
{
    /// <summary>The first /64 of a VPC's IPv6 prefix, for its one subnet.</summary>
    /// <param name="vpcPrefix">The VPC's prefix, like <c>2001:db8:1:100::/56</c>.</param>
    public static string Ipv6Subnet(string vpcPrefix) => new IPNetwork(IPNetwork.Parse(vpcPrefix).BaseAddress, 64).ToString();
}

/// <summary>The log of rejected traffic.</summary>
/// <param name="Protected">Whether the engine refuses to delete the log group.</param>
public sealed record FlowLogPlan(string LogGroup, int RetentionDays, string Role, bool Protected);
