using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;

namespace Causeway.Infra.Tests;

public class FirewallMappingTests
{
    [Theory, EveryPlan]
    public async Task Every_planned_rule_is_registered_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);

        var expected = plan.Rules.Select(rule =>
            (rule.Direction, rule.IpProtocol, rule.FromPort, rule.ToPort, rule.Cidr, rule.Description));
        Assert.Equal(expected.ToHashSet(), Rules(registered).ToHashSet());
        Assert.Equal(plan.Rules.Count, Rules(registered).Count());
    }

    [Theory, EveryPlan]
    public async Task The_security_groups_relayed_range_is_the_relays_own_range(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.True(PortRange.TryParse(plan.Services.Relay.Ports, out var own, out _));

        var ranges = Rules(registered).Where(rule => rule is { Direction: Direction.Ingress, IpProtocol: "udp" } && rule.To > rule.From)
            .Select(rule => new PortRange(rule.From, rule.To)).Distinct();
        Assert.Equal(own, Assert.Single(ranges));
    }

    private static IEnumerable<(
        Direction Direction, string IpProtocol, int From, int To, string Cidr, string Description)> Rules(Registered registered) =>
        Rules(registered, Direction.Ingress, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
            .Concat(Rules(registered, Direction.Egress, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"));

    private static IEnumerable<(Direction, string, int, int, string, string)> Rules(
        Registered registered, Direction direction, string type) => registered.Of(type).Select(rule => (
        direction,
        (string)rule["ipProtocol"]!,
        Convert.ToInt32(rule["fromPort"]),
        Convert.ToInt32(rule["toPort"]),
        (string)(rule["cidrIpv4"] ?? rule["cidrIpv6"])!,
        (string)rule["description"]!));
}
