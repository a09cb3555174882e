using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Tests;

public class PlanTests
{
    /// <summary>The issue's own sentence: both are read from the plan, so they are equal.</summary>
    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public void The_firewalls_relayed_range_is_the_relays_own_range(string spread)
    {
        var plan = Plans.Named(spread);
        var relay = SettingsReadBack.Relay(RelayFile(plan));

        Assert.True(PortRange.TryParse(relay.Ports, out var range, out _));
        var rules = plan.Rules.Where(rule => rule is { Direction: Direction.Ingress, IpProtocol: "udp" } && rule.Ports.Count > 1).ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal(range, rule.Ports));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public void The_same_settings_give_the_same_user_data(string spread) =>
        Assert.Equal(Plans.Named(spread).Hosts[0].CloudInit.Render(), Plans.Named(spread).Hosts[0].CloudInit.Render());

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public void User_data_fits_where_EC2_takes_it(string spread)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(Plans.Named(spread).Hosts[0].CloudInit.Render());
        Assert.InRange(bytes, 1, CloudInit.MaxBytes - 1);
    }

    [Theory]
    [InlineData("", "\n")]
    [InlineData("https://otlp.example.org:4318",
        "OTEL_EXPORTER_OTLP_ENDPOINT='https://otlp.example.org:4318/'\nOTEL_EXPORTER_OTLP_PROTOCOL='http/protobuf'\n")]
    [InlineData("http://otlp.example.org:4317",
        "OTEL_EXPORTER_OTLP_ENDPOINT='http://otlp.example.org:4317/'\nOTEL_EXPORTER_OTLP_PROTOCOL='grpc'\n")]
    public void Services_are_told_where_telemetry_goes(string endpoint, string file)
    {
        var plan = Plans.Of(("otlpEndpoint", endpoint));
        Assert.Equal(file, File(plan, HostPaths.Telemetry));
        Assert.All(plan.Hosts[0].Units.Where(unit => unit.User is not null), unit =>
            Assert.Equal([HostPaths.Telemetry], unit.Values("Service", "EnvironmentFile")));
    }

    /// <summary>Roles and buckets have no region in AWS, and what watches the page stands in one region whichever the stack's is.</summary>
    [Fact]
    public void Stacks_of_one_name_in_two_regions_share_no_name()
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

    internal static string RelayFile(Plan plan) => File(plan, "/etc/causeway/relay.json.in");

    internal static string SignallingFile(Plan plan) => File(plan, "/etc/causeway/signalling.json.in");

    internal static string File(Plan plan, string path) => Assert.Single([.. plan.Hosts[0].CloudInit.Files, .. plan.Hosts[0].Files],
        (HostFile file) => file.Path == path).Content;
}
