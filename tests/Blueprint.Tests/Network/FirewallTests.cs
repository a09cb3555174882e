using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using CsCheck;

namespace Causeway.Blueprint.Tests.Network;

public class FirewallTests
{
    private static Gen<T> Among<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    // Few ports, so that what one plan opens for one purpose another one opens for another purpose.
    private static readonly Gen<int> Port = Among(443, 3478, 5349);

    private static readonly Gen<IReadOnlyList<FirewallRule>> AnyRules = Gen.Select(
        Port, Port, Port, Among("udp", "udp tcp", "udp tls", "udp tcp tls"),
            Among(new PortRange(49152, 65535), new PortRange(20000, 65535), new PortRange(5349, 5349)), Gen.Bool,
        (web, turn, turns, transports, relayed, dualStack) => Firewall.Rules(
            new(web, [.. Enum.GetValues<Transport>().Where(one => transports.Contains(one.SettingName(), StringComparison.Ordinal))
                .Select(one => new TransportPort(one, one == Transport.Tls ? turns : turn))], relayed),
            dualStack));

    /// <summary>
    /// The engine makes what has a new name before it deletes what has none any more, and AWS refuses the second of two equal rules. And a
    /// rule that keeps its name is changed in place, below the hosts that run.
    /// </summary>
    [Fact]
    public void Rules_of_two_plans_have_one_name_exactly_when_AWS_takes_them_for_one() => Gen.Select(AnyRules, AnyRules)
        .Sample((before, after) =>
    {
        foreach (var old in before)
        {
            foreach (var rule in after)
            {
                var same = (old.Direction, old.IpProtocol, old.FromPort, old.ToPort, old.Cidr) == (rule.Direction, rule.IpProtocol,
                    rule.FromPort, rule.ToPort, rule.Cidr);
                Assert.True(same == (old.Name == rule.Name), $"{old} and {rule}");
            }
        }
    }, iter: 2000);

    [Fact]
    public void A_rule_is_named_by_what_it_opens() => Assert.Equal(
        ["in-icmp-type-11", "in-icmp-type-3", "in-tcp-3478", "in-tcp-443", "in-udp-3478", "in-udp-49152-65535", "out-tcp-0-65535",
            "out-udp-0-65535"],
        Plans.Named("IPv4 only").Rules.Select(rule => rule.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Its_twin_says_that_it_is_of_IPv6() => Assert.All(Plans.Of().Rules, rule =>
        Assert.Equal(rule.IsIpv6, rule.Name.EndsWith("-ipv6", StringComparison.Ordinal)));
}
