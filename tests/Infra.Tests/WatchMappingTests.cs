using Causeway.Blueprint.Watching;

namespace Causeway.Infra.Tests;

public class WatchMappingTests
{
    [Theory, EveryPlan]
    public async Task Every_planned_alarm_is_registered_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        var alarms = registered.Of(Types.Alarm);
        Assert.Equal(plan.Watch.Alarms.Count, alarms.Count);

        foreach (var planned in plan.Watch.Alarms)
        {
            var alarm = Assert.Single(alarms, alarm => alarm.Name == planned.Name);
            Assert.Equal(
                (planned.Name, planned.Meaning, planned.Region),
                ((string)alarm["name"]!, (string)alarm["alarmDescription"]!, (string)alarm["region"]!));
            Assert.Equal((planned.Metric.Namespace, planned.Metric.Name), ((string)alarm["namespace"]!, (string)alarm["metricName"]!));
            Assert.Equal(
                (planned.Statistic, planned.Comparison, planned.MissingData),
                ((string)alarm["statistic"]!, (string)alarm["comparisonOperator"]!, (string)alarm["treatMissingData"]!));
            Assert.Equal(planned.Threshold, Convert.ToDouble(alarm["threshold"]));
            Assert.Equal((planned.PeriodSeconds, planned.Periods), (alarm.Number("period"), alarm.Number("evaluationPeriods")));

            var dimension = planned.Metric == Metric.HealthCheck ? "HealthCheckId" : "InstanceId";
            Assert.Equal(new(dimension, $"{planned.Subject}-id"), Assert.Single(alarm.Map("dimensions")));

            var topic = Topic(registered, planned.Region);
            var recovery = $"arn:aws:automate:{planned.Region}:ec2:recover";
            Assert.Equal(planned.Recovers ? [topic, recovery] : [topic], alarm.List("alarmActions").Cast<string>());
            Assert.Equal([topic], alarm.List("okActions"));
        }
    }

    private static string Topic(Registered registered, string region) =>
        $"arn:of:{Assert.Single(registered.Of(Types.Topic), topic => (string)topic["region"]! == region).Name}";

    [Theory, EveryPlan]
    public async Task Topics_notify_the_address_of_the_settings(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.Equal(plan.Watch.Topics.Count, registered.Of(Types.Topic).Count);
        Assert.Equal(
            plan.Watch.Topics.Where(topic => topic.Email is not null).Select(topic => (topic.Region, "email", topic.Email!)),
            registered.Of(Types.Subscription)
                .Select(one => ((string)one["region"]!, (string)one["protocol"]!, (string)one["endpoint"]!)));
    }

    [Theory, EveryPlan]
    public async Task Every_planned_health_check_is_registered(Plan plan)
    {
        var registered = await Registered.From(plan);
        var checks = registered.Of(Types.HealthCheck);
        Assert.Equal(plan.Watch.HealthChecks.Count, checks.Count);
        foreach (var planned in plan.Watch.HealthChecks)
        {
            var check = Assert.Single(checks, check => check.Name == planned.Name);
            Assert.Equal(
                ("HTTPS", planned.Path, planned.Port),
                ((string)check["type"]!, (string)check["resourcePath"]!, check.Number("port")));
            Assert.Equal(planned.Host, check["fqdn"]);
            Assert.Equal(planned.Host is not null, check["enableSni"]);
            Assert.Equal(planned.Host is null ? "203.0.113.2" : null, check["ipAddress"]);
            Assert.Equal((30, 3), (check.Number("requestInterval"), check.Number("failureThreshold")));
        }
    }
}
