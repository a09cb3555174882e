using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Network;

/// <summary>The security group's rules, which follow from the ports.</summary>
public static class Firewall
{
    // ICMP types that report errors on the path; without them packets larger than the path MTU are lost silently. For IPv4 (RFC 792),
    // "fragmentation needed" (RFC 1191) is a code of the first.
    private static readonly (int Type, string Meaning)[] PathErrorsIpv4 =
        [(3, "destination unreachable, fragmentation needed"), (11, "time exceeded")];

    // For IPv6 (RFC 4443 §3). Neighbour discovery needs no rule, because security groups don't filter it.
    private static readonly (int Type, string Meaning)[] PathErrorsIpv6 =
        [(1, "destination unreachable"), (2, "packet too big"), (3, "time exceeded")];

    /// <summary>The rules for an instance that runs signalling and relay.</summary>
    /// <param name="dualStack">Whether every rule has a twin for IPv6.</param>
    public static IReadOnlyList<FirewallRule> Rules(PortPlan ports, bool dualStack)
    {
        (string Protocol, PortRange Ports, string Purpose)[] openings =
        [
            ("tcp", PortRange.Of(ports.Web), "page and WebSocket over HTTPS"),
            .. ports.Transports.Select(offer =>
                (offer.Transport.IpProtocol(), PortRange.Of(offer.Port), $"TURN over {Label(offer.Transport)}")),
            ("udp", ports.Relayed, "relayed transport addresses"),
        ];
        // A port may serve two purposes on two addresses of the instance, as 443 does. AWS accepts a rule only once.
        var ingress = openings.GroupBy(
            opening => (opening.Protocol, opening.Ports),
            (opens, same) => (opens.Protocol, opens.Ports, Purpose: string.Join("; ", same.Select(opening => opening.Purpose))));

        // Peers, name servers, collectors and the servers that hosts fetch from listen on any port.
        var all = new PortRange(0, 65535);
        return
        [
            .. PathErrorsIpv4.Select(error => PathError("icmp", FirewallRule.EverywhereIpv4, error, "IPv4")),
            .. PathErrorsIpv6.Where(_ => dualStack).Select(error => PathError("icmpv6", FirewallRule.EverywhereIpv6, error, "IPv6")),
            .. ingress.SelectMany(rule => Twins(Direction.Ingress, rule.Protocol, rule.Ports, rule.Purpose)),
            .. Twins(Direction.Egress, "udp", all, "relayed media to peers on any port"),
            .. Twins(Direction.Egress, "tcp", all, "artifacts, secrets, certificates, packages and telemetry"),
        ];

        IEnumerable<FirewallRule> Twins(Direction direction, string protocol, PortRange range, string purpose)
        {
            yield return new(direction, protocol, range, FirewallRule.EverywhereIpv4, $"{purpose} (IPv4)");
            if (dualStack) yield return new(direction, protocol, range, FirewallRule.EverywhereIpv6, $"{purpose} (IPv6)");
        }
    }

    // Any router on the path sends them.
    private static FirewallRule PathError(string protocol, string everywhere, (int Type, string Meaning) error, string family) =>
        new(Direction.Ingress, protocol, PortRange.None, everywhere, $"ICMP: {error.Meaning} ({family})") { IcmpType = error.Type };

    private static string Label(Transport transport) =>
        transport == Transport.Udp ? "UDP, and STUN" : transport.SettingName().ToUpperInvariant();
}
