using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Network;

/// <summary>The rules that follow from the ports.</summary>
public static class Firewall
{
    /// <summary>The rules for an instance that runs signalling and relay.</summary>
    /// <param name="ports">Which port does what.</param>
    /// <param name="dualStack">Gives every rule a twin for IPv6.</param>
    public static IReadOnlyList<FirewallRule> Rules(PortPlan ports, bool dualStack)
    {
        var openings = new List<(string Protocol, PortRange Ports, string Purpose)> { ("tcp", PortRange.Of(ports.Web), "page and WebSocket over HTTPS") };
        foreach (var (transport, port) in ports.Transports)
            openings.Add((transport.IpProtocol(), PortRange.Of(port), $"TURN over {Label(transport)}"));
        openings.Add(("udp", ports.Relayed, "relayed transport addresses"));

        // One port may serve two purposes on two addresses of the instance (443 does); AWS takes the same rule only once.
        var ingress = openings
            .GroupBy(opening => (opening.Protocol, opening.Ports))
            .Select(same => (same.Key.Protocol, same.Key.Ports, Purpose: string.Join("; ", same.Select(opening => opening.Purpose))));

        // Peers listen on any port, and so do what hosts fetch from, name servers and collectors of telemetry. All of both protocols, nothing else.
        var all = new PortRange(0, 65535);
        (string Protocol, string Purpose)[] egress =
        [
            ("udp", "relayed media to peers on any port"),
            ("tcp", "artifacts, secrets, certificates, packages and telemetry"),
        ];

        return
        [
            .. PathErrors(dualStack),
            .. ingress.SelectMany(rule => Twins(Direction.Ingress, rule.Protocol, rule.Ports, rule.Purpose, dualStack)),
            .. egress.SelectMany(rule => Twins(Direction.Egress, rule.Protocol, all, rule.Purpose, dualStack)),
        ];
    }

    /// <summary>
    /// ICMPv4 types that tell a sender what became of its packets (RFC 792): destination unreachable, which carries "fragmentation needed" (RFC 1191), and time
    /// exceeded. Without them a smaller path MTU is a black hole: packets that are too big vanish without a word.
    /// </summary>
    public static IReadOnlyList<(int Type, string Meaning)> PathErrorsIpv4 { get; } = [(3, "destination unreachable, fragmentation needed"), (11, "time exceeded")];

    /// <summary>
    /// The same of ICMPv6 (RFC 4443 §3): destination unreachable, packet too big, time exceeded. Neighbour discovery needs no rule: security groups do not
    /// filter it, as they do not filter ARP.
    /// </summary>
    public static IReadOnlyList<(int Type, string Meaning)> PathErrorsIpv6 { get; } = [(1, "destination unreachable"), (2, "packet too big"), (3, "time exceeded")];

    // They come from routers anywhere on the way, so from everywhere.
    private static IEnumerable<FirewallRule> PathErrors(bool dualStack)
    {
        foreach (var (type, meaning) in PathErrorsIpv4)
            yield return new(Direction.Ingress, "icmp", PortRange.None, FirewallRule.EverywhereIpv4, $"ICMP: {meaning} (IPv4)") { IcmpType = type };
        foreach (var (type, meaning) in dualStack ? PathErrorsIpv6 : [])
            yield return new(Direction.Ingress, "icmpv6", PortRange.None, FirewallRule.EverywhereIpv6, $"ICMP: {meaning} (IPv6)") { IcmpType = type };
    }

    private static IEnumerable<FirewallRule> Twins(Direction direction, string protocol, PortRange ports, string purpose, bool dualStack)
    {
        yield return new(direction, protocol, ports, FirewallRule.EverywhereIpv4, $"{purpose} (IPv4)");
        if (dualStack) yield return new(direction, protocol, ports, FirewallRule.EverywhereIpv6, $"{purpose} (IPv6)");
    }

    private static string Label(Transport transport) => transport == Transport.Udp ? "UDP, and STUN" : transport.SettingName().ToUpperInvariant();
}
