using System.Text;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Tests;

public class PlanTests
{
    [Theory, EveryPlan]
    public void The_firewalls_relayed_range_is_the_relays_own_range(Plan plan)
    {
        Assert.True(PortRange.TryParse(SettingsReadBack.Relay(plan).Ports, out var range, out _));
        var rules = plan.Rules.Where(rule => rule is { Direction: Direction.Ingress, IpProtocol: "udp", Ports.Count: > 1 }).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal(range, rule.Ports));
    }

    [Theory, EveryPlan]
    public void The_same_settings_give_the_same_user_data(Plan plan) => Assert.Equal(
        plan.Hosts[0].CloudInit.Render(), Planner.Plan(plan.Settings, Plans.Artifacts).Hosts[0].CloudInit.Render());

    [Theory, EveryPlan]
    public void User_data_fits_into_EC2s_limit(Plan plan) =>
        Assert.InRange(Encoding.UTF8.GetByteCount(plan.Hosts[0].CloudInit.Render()), 1, CloudInit.MaxBytes - 1);

    [Theory]
    [InlineData("", "\n")]
    [InlineData("https://otlp.example.org:4318",
        "OTEL_EXPORTER_OTLP_ENDPOINT='https://otlp.example.org:4318/'\nOTEL_EXPORTER_OTLP_PROTOCOL='http/protobuf'\n")]
    [InlineData("http://otlp.example.org:4317",
        "OTEL_EXPORTER_OTLP_ENDPOINT='http://otlp.example.org:4317/'\nOTEL_EXPORTER_OTLP_PROTOCOL='grpc'\n")]
    public void Services_get_the_telemetry_endpoint(string endpoint, string file)
    {
        var plan = Plans.Of(("otlpEndpoint", endpoint));
        Assert.Equal(file, plan.File(HostPaths.Telemetry));
        Assert.All(
            plan.Hosts[0].Units.Where(unit => unit.User is not null),
            unit => Assert.Equal([HostPaths.Telemetry], unit.Values("Service", "EnvironmentFile")));
    }

    /// <summary>Names of roles and buckets are global, and the page is always watched from one region.</summary>
    [Fact]
    public void Stacks_with_the_same_name_in_two_regions_share_no_name()
    {
        static IEnumerable<string> Names(Plan plan) =>
        [
            .. plan.Roles.Select(role => $"role {role.Name}"),
            .. plan.Buckets.Select(bucket => $"bucket {bucket.Name}"),
            .. plan.Watch.HealthChecks.Select(check => $"health check {check.Name}"),
            .. plan.Watch.Alarms.Select(alarm => $"alarm {alarm.Name} in {alarm.Region}"),
            .. plan.Watch.Topics.Select(topic => $"topic {topic.Name} in {topic.Region}"),
        ];
        Assert.Empty(Names(Plans.Of()).Intersect(Names(Plans.Of(("region", "us-east-1")))));
    }
}
