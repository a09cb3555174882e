namespace Causeway.Infra.Tests.Policies;

internal static class WatchPolicies
{
    [Policy]
    [BrokenBy(Types.Alarm, "actionsEnabled", false), BrokenBy(Types.Alarm, "alarmActions"), BrokenBy(Types.Alarm, "okActions")]
    public static void Every_alarm_notifies_when_it_goes_off_and_when_it_ends(Graph graph) => graph.Each(Types.Alarm, alarm =>
    {
        Assert.NotEqual(false, alarm["actionsEnabled"]);
        Assert.Contains(alarm.List("alarmActions"), action => ((string)action).StartsWith("arn:of:", StringComparison.Ordinal));
        Assert.Single(alarm.List("okActions"));
    });

    /// <summary>A shorter one has a price of its own.</summary>
    [Policy]
    [BrokenBy(Types.HealthCheck, "requestInterval", 10)]
    public static void Health_checks_have_the_interval_that_the_cost_estimate_prices(Graph graph) =>
        graph.Each(Types.HealthCheck, check => Assert.Equal(30, check.Number("requestInterval")));
}
