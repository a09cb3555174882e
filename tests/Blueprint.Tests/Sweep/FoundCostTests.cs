using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Sweep;
using static Causeway.Blueprint.Tests.Sweep.Found;

namespace Causeway.Blueprint.Tests.Sweep;

public class FoundCostTests
{
    [Fact]
    public void A_plans_resources_cost_what_the_plan_costs()
    {
        var plan = Plans.Of(("region", "us-east-1"));
        FoundResource[] found =
        [
            One(SweepKinds.Instance, facts: (Fact.Type, "t3.small")) with { State = "running" },
            One(SweepKinds.Volume, facts: [(Fact.Type, "gp3"), (Fact.SizeGb, "8")]),
            .. plan.Addresses.Select(address => One(SweepKinds.ElasticIp, address.Name)),
            .. plan.Secrets.Select(secret => One(SweepKinds.Secret, secret.Name)),
            .. plan.Watch.HealthChecks.Select(check => One(SweepKinds.HealthCheck, check.Name, facts: (Fact.Protocol, "HTTPS"))),
            .. plan.Watch.Alarms.Select(alarm => One(SweepKinds.Alarm, alarm.Name)),
            One(SweepKinds.Vpc),
            One(SweepKinds.Bucket),
            One(SweepKinds.Role),
        ];
        Assert.Equal(new FoundCost(CostEstimate.Of(plan).MonthlyUsd, 0), FoundCost.Of(found));
    }

    [Fact]
    public void A_resource_of_unknown_price_is_counted()
    {
        var elsewhere = One(SweepKinds.Instance, region: "eu-central-1", facts: (Fact.Type, "t3.small"));
        var cost = FoundCost.Of([elsewhere, One(SweepKinds.ElasticIp)]);
        Assert.Equal("3.65 USD a month and 1 resource of unknown price", cost.ToString());
    }

    [Fact]
    public void An_instance_that_does_not_run_costs_nothing() =>
        Assert.Equal(0, FoundCost.Of(One(SweepKinds.Instance, facts: (Fact.Type, "t3.small")) with { State = "stopped" }));
}
