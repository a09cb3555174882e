using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Network;

/// <summary>The security group's rules, which follow from the ports.</summary>
public static class Firewall
{
    /// <summary>The rules for an instance that runs signalling and relay.</summary>
    /// <param name="ports">The ports.</param>
    /// <param name="dualStack">Whether every rule has a twin for IPv6.</param>
    public static IReadOnlyList<FirewallRule> Rules(PortPlan ports, bool dualStack)
    {
        var openings = new List<(string Protocol, PortRange Ports, string Purpose)>
        {
            ("tcp", PortRange.Of(ports.Web), "page and WebSocket over HTTPS"),
        };
        foreach (var (transport, port) in ports.Transports)
            openings.Add((transport.IpProtocol(), PortRange.Of(port), $"TURN over {Label(transport)}"));
        openings.Add(("udp", ports.Relayed, "relayed transport addresses"));

        // A port may serve two purposes on two addresses of the instance, as 443 does. AWS accepts a rule only once.
        var ingress = openings
            .GroupBy(opening => (opening.Protocol, opening.Ports))
            .Select(same => (same.Key.Protocol, same.Key.Ports, Purpose: string.Join("; ", same.Select(opening => opening.Purpose))));

        // Peers, name servers, collectors and the servers that hosts fetch from listen on any port.
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
    /// ICMPv4 types that report errors on the path (RFC 792): destination unreachable, which includes "fragmentation needed" (RFC 1191),
    /// and time exceeded. Without them packets larger than the path MTU are lost silently.
    /// </summary>
    public static IReadOnlyList<(int Type, string Meaning)> PathErrorsIpv4 { get; } =
        [(3, "destination unreachable, fragmentation needed"), (11, "time exceeded")];

    /// <summary>
    /// The same for ICMPv6 (RFC 4443 §3): destination unreachable, packet too big, time exceeded. Neighbour discovery needs no rule,
    /// because security groups don't filter it.
    /// </summary>
    public static IReadOnlyList<(int Type, string Meaning)> PathErrorsIpv6 { get; } =
        [(1, "destination unreachable"), (2, "packet too big"), (3, "time exceeded")];

    // Any router on the path sends them.
    private static IEnumerable<FirewallRule> PathErrors(bool dualStack)
    {
        foreach (var (type, meaning) in PathErrorsIpv4)
            yield return new(Direction.Ingress, "icmp", PortRange.None, FirewallRule.EverywhereIpv4,
                $"ICMP: {meaning} (IPv4)")
            { IcmpType = type };
        foreach (var (type, meaning) in dualStack ? PathErrorsIpv6 : [])
            yield return new(Direction.Ingress, "icmpv6", PortRange.None, FirewallRule.EverywhereIpv6,
                $"ICMP: {meaning} (IPv6)")
            { IcmpType = type };
    }

    private static IEnumerable<FirewallRule> Twins(Direction direction, string protocol, PortRange ports, string purpose, bool dualStack)
    {
        yield return new(direction, protocol, ports, FirewallRule.EverywhereIpv4, $"{purpose} (IPv4)");
        if (dualStack) yield return new(direction, protocol, ports, FirewallRule.EverywhereIpv6, $"{purpose} (IPv6)");
    }

    private static string Label(Transport transport) => transport == Transport.Udp ? "UDP, and STUN" : transport.SettingName()
        .ToUpperInvariant();
}
