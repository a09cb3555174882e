using System.Net;

namespace Causeway.Blueprint.Network;

/// <summary>The network that hosts stand in: one VPC with one public subnet that fills it.</summary>
/// <param name="Name">
/// Its name, with a hash of what cannot be changed while hosts stand in it: prefix, zone and whether it is dual stack. Another hash is another network,
/// which stands beside the old one until the generation in it was admitted.
/// </param>
/// <param name="Prefix">Its private IPv4 prefix; the IPv6 prefix is AWS's choice.</param>
/// <param name="Zone">The subnet's availability zone.</param>
/// <param name="DualStack">Whether it has an IPv6 prefix and a route for it.</param>
/// <param name="FlowLog">Where refused traffic is logged.</param>
public sealed record NetworkPlan(string Name, IPNetwork Prefix, string Zone, bool DualStack, FlowLogPlan FlowLog)
{
    /// <summary>The first /64 of a VPC's IPv6 prefix, for its one subnet.</summary>
    /// <param name="vpcPrefix">What AWS gave the VPC, as <c>2001:db8:1:100::/56</c>.</param>
    public static string Ipv6Subnet(string vpcPrefix) => new IPNetwork(IPNetwork.Parse(vpcPrefix).BaseAddress, 64).ToString();
}

/// <summary>The log of refused traffic.</summary>
/// <param name="LogGroup">The log group's name.</param>
/// <param name="RetentionDays">How long entries are kept.</param>
/// <param name="Role">The role that writes them.</param>
/// <param name="Protected">Whether the engine refuses to delete the log group.</param>
public sealed record FlowLogPlan(string LogGroup, int RetentionDays, string Role, bool Protected);
