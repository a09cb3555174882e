using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;

namespace Causeway.Infra.Tests;

public class FirewallMappingTests
{
    private sealed record Rule(Direction Direction, string Protocol, int From, int To, string Cidr, string Description);

    [Theory, EveryPlan]
    public async Task Every_planned_rule_is_registered_and_no_other(Plan plan)
    {
        var registered = Rules(await Registered.From(plan));
        Assert.Equal(
            plan.Rules
                .Select(rule => new Rule(rule.Direction, rule.IpProtocol, rule.FromPort, rule.ToPort, rule.Cidr, rule.Description))
                .ToHashSet(),
            registered.ToHashSet());
        Assert.Equal(plan.Rules.Count, registered.Count);
    }

    [Theory, EveryPlan]
    public async Task The_security_groups_relayed_range_is_the_relays_own_range(Plan plan)
    {
        Assert.True(PortRange.TryParse(plan.Services.Relay.Ports, out var own, out _));
        var ranges = Rules(await Registered.From(plan))
            .Where(rule => rule is { Direction: Direction.Ingress, Protocol: "udp" } && rule.To > rule.From)
            .Select(rule => new PortRange(rule.From, rule.To))
            .Distinct();
        Assert.Equal(own, Assert.Single(ranges));
    }

    private static IReadOnlyList<Rule> Rules(Registered registered)
    {
        return [.. Of(Direction.Ingress, Types.IngressRule), .. Of(Direction.Egress, Types.EgressRule)];

        IEnumerable<Rule> Of(Direction direction, string type) => registered.Of(type).Select(rule => new Rule(
            direction,
            (string)rule["ipProtocol"]!,
            rule.Number("fromPort"),
            rule.Number("toPort"),
            (string)(rule["cidrIpv4"] ?? rule["cidrIpv6"])!,
            (string)rule["description"]!));
    }
}
