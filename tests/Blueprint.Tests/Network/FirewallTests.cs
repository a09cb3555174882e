using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using CsCheck;

namespace Causeway.Blueprint.Tests.Network;

public class FirewallTests
{
    // Few ports, so that two plans open the same one for different purposes.
    private static readonly Gen<int> Port = AnySettings.Among(443, 3478, 5349);

    private static readonly Gen<IReadOnlyList<FirewallRule>> AnyRules = Gen.Select(
        Port, Port, Port,
        AnySettings.Among<Transport[]>(
            [Transport.Udp],
            [Transport.Udp, Transport.Tcp],
            [Transport.Udp, Transport.Tls],
            [Transport.Udp, Transport.Tcp, Transport.Tls]),
        AnySettings.Among(new PortRange(49152, 65535), new PortRange(20000, 65535), new PortRange(5349, 5349)),
        Gen.Bool,
        (web, turn, turns, transports, relayed, dualStack) =>
        {
            var offers = transports.Select(transport => new TransportPort(transport, transport == Transport.Tls ? turns : turn));
            return Firewall.Rules(new(web, [.. offers], relayed), dualStack);
        });

    /// <summary>
    /// The engine creates new names before it deletes old ones, and AWS refuses the second of two equal rules. A rule that keeps its name
    /// is changed in place, while hosts run.
    /// </summary>
    [Fact]
    public void Rules_of_two_plans_have_the_same_name_exactly_if_AWS_takes_them_for_one() =>
        Gen.Select(AnyRules, AnyRules).Sample((before, after) =>
        {
            foreach (var old in before)
            {
                foreach (var rule in after)
                    Assert.True(Opens(old).Equals(Opens(rule)) == (old.Name == rule.Name), $"{old} and {rule}");
            }

            static object Opens(FirewallRule rule) => (rule.Direction, rule.IpProtocol, rule.FromPort, rule.ToPort, rule.Cidr);
        }, iter: 2000);

    [Fact]
    public void A_rule_is_named_by_what_it_opens() => Assert.Equal(
        [
            "in-icmp-type-11", "in-icmp-type-3", "in-tcp-3478", "in-tcp-443", "in-udp-3478", "in-udp-49152-65535", "out-tcp-0-65535",
            "out-udp-0-65535",
        ],
        Plans.All["IPv4 only"].Rules.Select(rule => rule.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void The_name_of_a_rule_for_IPv6_says_so() => Assert.All(Plans.Of().Rules, rule =>
        Assert.Equal(rule.IsIpv6, rule.Name.EndsWith("-ipv6", StringComparison.Ordinal)));
}
