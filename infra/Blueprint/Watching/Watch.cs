using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Watching;

/// <summary>What is monitored without an agent on the hosts.</summary>
/// <param name="Topics">The topics that alarms are sent to, one for each region.</param>
public sealed record Watch(IReadOnlyList<HealthCheck> HealthChecks, IReadOnlyList<Alarm> Alarms, IReadOnlyList<AlarmTopic> Topics)
{
    // Route 53 publishes its metrics only there, and an alarm can't use another region's metric.
    private const string Route53Region = "us-east-1";

    internal static Watch Over(StackSettings settings, HostPlan host)
    {
        var prefix = StackName.GlobalPrefixOf(settings.Stack, settings.Region);
        var page = new HealthCheck($"{prefix}-page", "/healthz", settings.Domain, settings.Ports.Web);
        var relays = new HealthCheck($"{prefix}-relays", "/healthz/relays", settings.Domain, settings.Ports.Web);
        Alarm[] alarms = [.. OfHost(settings, host), .. OfChecks(page, relays)];
        var regions = alarms.Select(alarm => alarm.Region).Distinct();
        return new(
            [page, relays],
            alarms,
            [.. regions.Select(region => new AlarmTopic($"{prefix}-alarms", region, settings.AlarmEmail))]);
    }

    private static IEnumerable<Alarm> OfHost(StackSettings settings, HostPlan host)
    {
        yield return On("system", Metric.SystemCheck, threshold: 1, seconds: 60, periods: 2,
            "The hardware or network below the instance is broken; EC2 moves it automatically.") with
        { Recovers = true };
        yield return On("instance", Metric.InstanceCheck, threshold: 1, seconds: 60, periods: 3,
            "The instance fails its status check; read its console, or replace the generation.");
        yield return On("cpu", Metric.Cpu, threshold: 80, seconds: 300, periods: 3,
            "The instance has been busy for 15 minutes; choose a larger instanceType.") with
        { Statistic = "Average" };
        if (host.UnlimitedCredits)
        {
            yield return On("credits", Metric.CreditDebt, threshold: 0, seconds: 300, periods: 3,
                "The instance uses more processor than its type includes, which costs extra; "
                + "choose a larger or a fixed-performance instanceType.") with
            { Comparison = "GreaterThanThreshold" };
        }

        Alarm On(string name, Metric metric, double threshold, int seconds, int periods, string meaning) => new(
            $"{host.Name}-{name}", meaning, metric, host.Name, "Maximum", "GreaterThanOrEqualToThreshold", threshold, seconds, periods,
            MissingData: "missing", settings.Region);
    }

    private static IEnumerable<Alarm> OfChecks(HealthCheck page, HealthCheck relays)
    {
        yield return On(page, "The page doesn't answer from outside; run the check command of the stack's outputs.");
        yield return On(relays,
            "Signalling has no ready relay, or every relay is full: /healthz/relays says which; "
            + "run the check command of the stack's outputs.");

        static Alarm On(HealthCheck check, string meaning) => new(
            check.Name, meaning, Metric.HealthCheck, check.Name, "Minimum", "LessThanThreshold", 1, 60, 2,
            MissingData: "breaching", Route53Region);
    }
}
