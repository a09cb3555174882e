using Causeway.Blueprint.Cost;

namespace Causeway.Blueprint.Tests.Cost;

public class CostTests
{
    [Fact]
    public void A_single_instance_costs_the_sum_of_its_parts()
    {
        var cost = CostEstimate.Of(Plans.Of(("region", "us-east-1")));

        // 730 h of t3.small, 2 addresses, 8 GB, 4 secrets, 2 health checks over HTTPS, 6 alarms.
        Assert.Equal(730 * 0.0208m + 2 * 730 * 0.005m + 8 * 0.08m + 4 * 0.40m + 2 * (0.50m + 1.00m) + 6 * 0.10m, cost.MonthlyUsd);
        Assert.Equal(0.09m, cost.PerRelayedGb!.Usd);
        Assert.Equal(0.50m, cost.PerLoggedGb!.Usd);
        Assert.Equal(
            "28.32 USD a month, 0.09 USD for each relayed GB, and 0.50 USD for each GB of refused traffic's log; "
            + "prices of 2020-11-23 and later, without tax",
            cost.ToString());
    }

    [Fact]
    public void A_region_without_prices_is_refused_and_says_which_have_them()
    {
        var cost = CostEstimate.Of(Plans.Of(("region", "eu-central-1")));
        Assert.Equal("region: eu-central-1 is not in the price table, so there is no estimate; it knows us-east-1", cost.ToString());
        Assert.Empty(cost.Lines);
    }

    [Fact]
    public void An_instance_type_without_a_price_is_refused() => Assert.Equal(
        "instanceType: x2iezn.metal is not in the price table for us-east-1, so there is no estimate",
        CostEstimate.Of(Plans.Of(("region", "us-east-1"), ("instanceType", "x2iezn.metal"))).Refusal);

    [Fact]
    public void Every_price_has_a_source_and_a_day() => Assert.All(PriceTable.Rows, row =>
    {
        Assert.True(row.Usd > 0, row.Item);
        Assert.NotEmpty(row.Source);
        Assert.InRange(row.Date, new DateOnly(2020, 1, 1), new DateOnly(2100, 1, 1));
    });

    [Fact]
    public void No_item_has_two_prices() => Assert.Distinct(PriceTable.Rows.Select(row => (row.Region, row.Item)));
}
