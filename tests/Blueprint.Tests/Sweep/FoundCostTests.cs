using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Sweep;
using static Causeway.Blueprint.Tests.Sweep.Found;

namespace Causeway.Blueprint.Tests.Sweep;

public class FoundCostTests
{
    /// <summary>The same prices as those of a plan, resource by resource.</summary>
    [Fact]
    public void What_a_plan_costs_its_resources_cost()
    {
        var plan = Plans.Of(("region", "us-east-1"));
        var found = new List<FoundResource>
        {
            One(SweepKinds.Instance, facts: (Fact.Type, "t3.small")) with { State = "running" },
            One(SweepKinds.Volume, facts: [(Fact.Type, "gp3"), (Fact.SizeGb, "8")]),
        };
        found.AddRange(plan.Addresses.Select(address => One(SweepKinds.ElasticIp, address.Name)));
        found.AddRange(plan.Secrets.Select(secret => One(SweepKinds.Secret, secret.Name)));
        found.AddRange(plan.Watch.HealthChecks.Select(check => One(SweepKinds.HealthCheck, check.Name, facts: (Fact.Protocol, "HTTPS"))));
        found.AddRange(plan.Watch.Alarms.Select(alarm => One(SweepKinds.Alarm, alarm.Name)));
        found.AddRange([One(SweepKinds.Vpc), One(SweepKinds.Bucket), One(SweepKinds.Role)]);
        Assert.Equal(new FoundCost(CostEstimate.Of(plan).MonthlyUsd, 0), FoundCost.Of(found));
    }

    [Fact]
    public void What_the_table_does_not_know_is_counted_and_not_guessed()
    {
        var cost =
            FoundCost.Of([One(SweepKinds.Instance, region: "eu-central-1", facts: (Fact.Type, "t3.small")), One(SweepKinds.ElasticIp)]);
        Assert.Equal("3.65 USD a month and 1 resource of unknown price", cost.ToString());
    }

    [Fact]
    public void An_instance_that_does_not_run_costs_nothing() =>
        Assert.Equal(0, FoundCost.Of(One(SweepKinds.Instance, facts: (Fact.Type, "t3.small")) with { State = "stopped" }));
}
