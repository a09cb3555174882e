using Causeway.Blueprint.Watching;

namespace Causeway.Blueprint.Tests.Policies;

public class WatchPolicies
{
    private static void EachAlarm(string spread, Action<Plan, Alarm> check)
    {
        var plan = Plans.Named(spread);
        Assert.NotEmpty(plan.Watch.Alarms);
        Assert.All(plan.Watch.Alarms, alarm => check(plan, alarm));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_alarm_watches_a_published_metric(string spread) => EachAlarm(spread, (plan, alarm) =>
    {
        Assert.Contains(alarm.Metric, Metric.Published);
        Assert.NotEmpty(alarm.Metric.Publisher);
        var subjects = alarm.Metric == Metric.HealthCheck
            ? plan.Watch.HealthChecks.Select(check => check.Name)
            : plan.Hosts.Select(host => host.Name);
        Assert.Contains(alarm.Subject, subjects);
    });

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_alarm_is_in_the_region_of_its_metric(string spread) => EachAlarm(spread, (plan, alarm) =>
        Assert.Equal(alarm.Metric == Metric.HealthCheck ? "us-east-1" : plan.Settings.Region, alarm.Region));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_319")]
    public void Every_alarm_notifies_a_topic_in_its_region(string spread) =>
        EachAlarm(spread, (plan, alarm) => Assert.Single(plan.Watch.Topics, topic => topic.Region == alarm.Region));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Every_alarm_says_what_to_do(string spread) =>
        EachAlarm(spread, (_, alarm) => Assert.InRange(alarm.Meaning.Length, 40, 1024));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_page_and_the_relays_are_probed_from_outside(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Equal(["/healthz", "/healthz/relays"], plan.Watch.HealthChecks.Select(check => check.Path));
        Assert.All(plan.Watch.HealthChecks, check =>
            Assert.Contains(plan.Rules, rule => rule.IpProtocol == "tcp" && rule.Ports.Contains(check.Port)));
        Assert.All(plan.Watch.HealthChecks, check => Assert.Contains(plan.Watch.Alarms, alarm => alarm.Subject == check.Name));
    }

    [Theory, InlineData("t3.small", true), InlineData("t2.micro", true), InlineData("trn1.2xlarge", false), InlineData("m7i.large", false)]
    public void Burstable_types_alone_have_credits_and_an_alarm_for_their_debt(string type, bool burstable)
    {
        var plan = Plans.Of(("instanceType", type));
        Assert.Equal(burstable, plan.Hosts[0].UnlimitedCredits);
        Assert.Equal(burstable, plan.Watch.Alarms.Any(alarm => alarm.Metric == Metric.CreditDebt));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void EC2_recovers_a_broken_host(string spread) =>
        Assert.All(Plans.Named(spread).Hosts, host =>
            Assert.Contains(Plans.Named(spread).Watch.Alarms, alarm =>
                alarm.Recovers && alarm.Subject == host.Name && alarm.Metric == Metric.SystemCheck));
}
