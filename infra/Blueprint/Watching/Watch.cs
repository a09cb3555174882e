using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Watching;

/// <summary>What is watched without an agent on the hosts.</summary>
/// <param name="HealthChecks">Probes from outside.</param>
/// <param name="Alarms">What goes off when.</param>
/// <param name="Topics">Where that is told.</param>
public sealed record Watch(IReadOnlyList<HealthCheck> HealthChecks, IReadOnlyList<Alarm> Alarms, IReadOnlyList<AlarmTopic> Topics)
{
    // Route 53 publishes its metrics there and nowhere else, and an alarm cannot look into another region.
    private const string Route53Region = "us-east-1";

    internal static Watch Over(StackSettings settings, string prefix, HostPlan host)
    {
        HealthCheck[] checks =
        [
            new($"{prefix}-page", "/healthz", settings.Domain, settings.Ports.Web),
            new($"{prefix}-relays", "/healthz/relays", settings.Domain, settings.Ports.Web),
        ];
        var alarms = new List<Alarm>
        {
            new($"{host.Name}-system", "The hardware or network below the instance is broken; EC2 moves it by itself.",
                Metric.SystemCheck, host.Name, "Maximum", "GreaterThanOrEqualToThreshold", 1, 60, 2, "missing", settings.Region, Recovers: true),
            new($"{host.Name}-instance", "The instance does not answer its status check; look at its console, or replace the generation.",
                Metric.InstanceCheck, host.Name, "Maximum", "GreaterThanOrEqualToThreshold", 1, 60, 3, "missing", settings.Region),
            new($"{host.Name}-cpu", "The instance has been busy for a quarter of an hour; choose a larger instanceType.",
                Metric.Cpu, host.Name, "Average", "GreaterThanOrEqualToThreshold", 80, 300, 3, "missing", settings.Region),
        };
        if (host.UnlimitedCredits)
        {
            alarms.Add(new($"{host.Name}-credits", "The instance uses more processor than its type includes, which costs extra; choose a larger or a fixed-performance instanceType.",
                Metric.CreditDebt, host.Name, "Maximum", "GreaterThanThreshold", 0, 300, 3, "missing", settings.Region));
        }
        alarms.Add(new($"{prefix}-page", "The page does not answer from outside; run the check command of the stack's outputs.",
            Metric.HealthCheck, checks[0].Name, "Minimum", "LessThanThreshold", 1, 60, 2, "breaching", Route53Region));
        alarms.Add(new($"{prefix}-relays", "Signalling knows no ready relay, or each one is full: /healthz/relays says which; run the check command of the stack's outputs.",
            Metric.HealthCheck, checks[1].Name, "Minimum", "LessThanThreshold", 1, 60, 2, "breaching", Route53Region));

        return new(
            checks,
            alarms,
            [.. alarms.Select(alarm => alarm.Region).Distinct().Select(region => new AlarmTopic($"{prefix}-alarms", region, settings.AlarmEmail))]);
    }
}
