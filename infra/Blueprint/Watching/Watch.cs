using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Watching;

/// <summary>What is monitored without an agent on the hosts.</summary>
/// <param name="HealthChecks">The probes from outside.</param>
/// <param name="Alarms">The alarms.</param>
/// <param name="Topics">The topics that alarms are sent to, one for each region.</param>
public sealed record Watch(IReadOnlyList<HealthCheck> HealthChecks, IReadOnlyList<Alarm> Alarms, IReadOnlyList<AlarmTopic> Topics)
{
    // Route 53 publishes its metrics only there, and an alarm can't use another region's metric.
    private const string Route53Region = "us-east-1";

    internal static Watch Over(StackSettings settings, HostPlan host)
    {
        var prefix = StackName.GlobalPrefixOf(settings.Stack, settings.Region);
        HealthCheck[] checks =
        [
            new($"{prefix}-page", "/healthz", settings.Domain, settings.Ports.Web),
            new($"{prefix}-relays", "/healthz/relays", settings.Domain, settings.Ports.Web),
        ];
        Alarm[] alarms =
        [
            OfHost("system", Metric.SystemCheck, 1, 60, 2,
                "The hardware or network below the instance is broken; EC2 moves it automatically.")
                with { Recovers = true },
            OfHost("instance", Metric.InstanceCheck, 1, 60, 3,
                "The instance fails its status check; read its console, or replace the generation."),
            OfHost("cpu", Metric.Cpu, 80, 300, 3,
                "The instance has been busy for 15 minutes; choose a larger instanceType.") with { Statistic = "Average" },
            .. host.UnlimitedCredits ? (Alarm[])
            [
                OfHost("credits", Metric.CreditDebt, 0, 300, 3,
                    "The instance uses more processor than its type includes, which costs extra; choose a larger or a fixed-performance "
                        + "instanceType.")
                    with { Comparison = "GreaterThanThreshold" },
            ] : [],
            OfCheck(checks[0], "The page doesn't answer from outside; run the check command of the stack's outputs."),
            OfCheck(checks[1], "Signalling has no ready relay, or every relay is full: /healthz/relays says which; "
                + "run the check command of the stack's outputs."),
        ];
        return new(checks, alarms,
            [.. alarms.Select(alarm => alarm.Region).Distinct()
                .Select(region => new AlarmTopic($"{prefix}-alarms", region, settings.AlarmEmail))]);

        Alarm OfHost(string name, Metric metric, double threshold, int periodSeconds, int periods, string meaning) => new(
            $"{host.Name}-{name}", meaning, metric, host.Name, "Maximum", "GreaterThanOrEqualToThreshold", threshold, periodSeconds,
                periods, "missing",
            settings.Region);
    }

    private static Alarm OfCheck(HealthCheck check, string meaning) => new(
        check.Name, meaning, Metric.HealthCheck, check.Name, "Minimum", "LessThanThreshold", 1, 60, 2, "breaching", Route53Region);
}
