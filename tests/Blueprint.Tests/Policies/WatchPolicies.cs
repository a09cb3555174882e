using Causeway.Blueprint.Watching;

namespace Causeway.Blueprint.Tests.Policies;

public class WatchPolicies
{
    private static void EachAlarm(Plan plan, Action<Alarm> check)
    {
        Assert.NotEmpty(plan.Watch.Alarms);
        Assert.All(plan.Watch.Alarms, check);
    }

    [Theory, EveryPlan, Policy]
    public void Every_alarm_watches_a_published_metric(Plan plan) => EachAlarm(plan, alarm =>
    {
        Assert.Contains(alarm.Metric, Metric.Published);
        Assert.NotEmpty(alarm.Metric.Publisher);
        var subjects = alarm.Metric == Metric.HealthCheck
            ? plan.Watch.HealthChecks.Select(check => check.Name)
            : plan.Hosts.Select(host => host.Name);
        Assert.Contains(alarm.Subject, subjects);
    });

    [Theory, EveryPlan, Policy]
    public void Every_alarm_is_in_the_region_of_its_metric(Plan plan) => EachAlarm(plan, alarm =>
        Assert.Equal(alarm.Metric == Metric.HealthCheck ? "us-east-1" : plan.Settings.Region, alarm.Region));

    [Theory, EveryPlan, Policy("CKV_AWS_319")]
    public void Every_alarm_notifies_a_topic_in_its_region(Plan plan) =>
        EachAlarm(plan, alarm => Assert.Single(plan.Watch.Topics, topic => topic.Region == alarm.Region));

    [Theory, EveryPlan, Policy]
    public void Every_alarm_says_what_to_do(Plan plan) =>
        EachAlarm(plan, alarm => Assert.InRange(alarm.Meaning.Length, 40, 1024));

    [Theory, EveryPlan, Policy]
    public void The_page_and_the_relays_are_probed_from_outside(Plan plan)
    {
        Assert.Equal(["/healthz", "/healthz/relays"], plan.Watch.HealthChecks.Select(check => check.Path));
        Assert.All(plan.Watch.HealthChecks, check =>
        {
            Assert.Contains(plan.Rules, rule => rule.IpProtocol == "tcp" && rule.Ports.Contains(check.Port));
            Assert.Contains(plan.Watch.Alarms, alarm => alarm.Subject == check.Name);
        });
    }

    [Theory, InlineData("t3.small", true), InlineData("t2.micro", true), InlineData("trn1.2xlarge", false), InlineData("m7i.large", false)]
    public void Only_burstable_types_have_credits_and_an_alarm_for_their_debt(string type, bool burstable)
    {
        var plan = Plans.Of(("instanceType", type));
        Assert.Equal(burstable, plan.Hosts[0].UnlimitedCredits);
        Assert.Equal(burstable, plan.Watch.Alarms.Any(alarm => alarm.Metric == Metric.CreditDebt));
    }

    [Theory, EveryPlan, Policy]
    public void EC2_recovers_a_broken_host(Plan plan) => Assert.All(plan.Hosts, host =>
        Assert.Contains(plan.Watch.Alarms, alarm => alarm.Recovers && alarm.Subject == host.Name && alarm.Metric == Metric.SystemCheck));
}
