using System.Text.Json;

namespace Causeway.Ops.Tests.Stacks;

public sealed class PlanCommandTests : IDisposable
{
    private const string Settings = """
        config:
          causeway:region: us-east-1
          causeway:domain: call.example.org
          causeway:hostedZone: example.org
          causeway:expires: "2026-12-31"
          causeway:rotation: "2026-11-22"
          causeway:rootSecret:
            secure: v1:abc
          causeway:tags:
            team: media
          aws:profile: other
        """;

    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    [Fact]
    public async Task The_projects_own_stack_can_be_planned_as_JSON_without_Pulumi()
    {
        await using var run = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev", "--json");
        Assert.Equal("", run.Errors);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Single(json.RootElement.GetProperty("hosts").EnumerateArray());
        Assert.True(json.RootElement.GetProperty("cost").GetProperty("monthlyUsd").GetDecimal() > 0);
    }

    [Fact]
    public async Task Hosts_names_rules_certificate_and_cost_are_shown()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings);
        await using var run = await _pulumi.Ops("plan", "dev");

        Assert.Equal(0, run.ExitCode);
        Assert.All(
            ["causeway-dev-<generation>", "t3.small", "call.example.org", "relay-<generation>.call.example.org", "49152-65535", "*.call.example.org", "turns:relay-<generation>.call.example.org:443?transport=tcp", "USD a month"],
            text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        Assert.Empty(_pulumi.Calls);
    }

    [Theory]
    [InlineData("  causeway:hostedZone: example.org\n", "example.org")]
    [InlineData("", "call.example.org")]
    public async Task The_hosted_zone_that_must_be_there_is_shown(string setting, string zone)
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings.Replace("  causeway:hostedZone: example.org\n", setting, StringComparison.Ordinal));
        await using var tables = await _pulumi.Ops("plan", "dev");
        await using var json = await _pulumi.Ops("plan", "dev", "--json");

        Assert.Contains(tables.Output.Split('\n'), line => line.Contains($"│ {zone} ", StringComparison.Ordinal) && line.Contains("hosted zone", StringComparison.Ordinal));
        using var plan = JsonDocument.Parse(json.Output);
        Assert.Equal(zone, plan.RootElement.GetProperty("hostedZone").GetString());
    }

    [Fact]
    public async Task The_relays_range_is_the_same_in_rules_and_settings_of_the_view()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings + "\n  causeway:relayPorts: 50000-50999\n");
        await using var run = await _pulumi.Ops("plan", "dev", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var udp = json.RootElement.GetProperty("rules").EnumerateArray()
            .Where(rule => rule.GetProperty("direction").GetString() == "ingress" && rule.GetProperty("protocol").GetString() == "udp")
            .Select(rule => rule.GetProperty("ports").GetString());
        Assert.Contains("50000-50999", udp);
    }

    [Fact]
    public async Task Every_mistake_in_the_settings_is_said_in_one_line()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:regoin: us-east-1\n  causeway:relayPorts: 60000-50000\n");
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("regoin: us-east-1 is set for no setting; did you mean region?", run.Errors, StringComparison.Ordinal);
        Assert.Contains("relayPorts: 60000-50000 is empty", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_stack_that_is_not_there_is_one_line_that_says_what_to_do()
    {
        await using var run = await _pulumi.Ops("plan", "nowhere");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"ops: there is no stack 'nowhere': {_pulumi.Project}/Pulumi.nowhere.yaml does not exist; make it with: ops init nowhere\n", run.Errors);
    }

    [Fact]
    public async Task A_file_that_is_no_YAML_is_one_line_with_the_place()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: [us\n");
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^ops: \S+/Pulumi\.dev\.yaml: line \d+: ", run.Errors);
    }
}
