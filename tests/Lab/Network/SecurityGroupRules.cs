using Causeway.Blueprint.Network;

namespace Causeway.Lab.Network;

/// <summary>The plan's security group in the words of nftables.</summary>
internal static class SecurityGroupRules
{
    /// <summary>The matches of what the rules let in.</summary>
    public static IEnumerable<string> Ingress(this IEnumerable<FirewallRule> rules) =>
        rules.Where(rule => rule.Direction == Direction.Ingress).Select(Match);

    private static string Match(FirewallRule rule) =>
        $"meta nfproto {(rule.IsIpv6 ? "ipv6" : "ipv4")} {rule.IpProtocol} "
        + (rule.IcmpType is { } type ? $"type {type}" : $"dport {rule.Ports.First}-{rule.Ports.Last}");
}
