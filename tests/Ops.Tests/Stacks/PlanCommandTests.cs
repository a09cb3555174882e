using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Stacks;

public sealed class PlanCommandTests : IDisposable
{
    private const string Settings = PlannedStack.Settings + """
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
        string[] shown =
        [
            "causeway-dev-<generation>", "t3.small", "call.example.org", "relay-<generation>.call.example.org", "49152-65535",
            "*.call.example.org", "turns:relay-<generation>.call.example.org:443?transport=tcp", "USD a month",
        ];
        Assert.All(shown, text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        Assert.Empty(_pulumi.Calls);
    }

    [Theory]
    [InlineData("  causeway:hostedZone: example.org\n", "example.org")]
    [InlineData("", "call.example.org")]
    public async Task The_required_hosted_zone_is_shown(string setting, string zone)
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings.Replace("  causeway:hostedZone: example.org\n", setting, StringComparison.Ordinal));
        await using var tables = await _pulumi.Ops("plan", "dev");
        await using var json = await _pulumi.Ops("plan", "dev", "--json");

        Assert.Matches($@"│ {Regex.Escape(zone)} +│ hosted zone", tables.Output);
        using var plan = JsonDocument.Parse(json.Output);
        Assert.Equal(zone, plan.RootElement.GetProperty("hostedZone").GetString());
    }

    [Fact]
    public async Task The_range_of_relayed_ports_is_in_the_firewall_rules()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings + "\n  causeway:relayPorts: 50000-50999\n");
        await using var run = await _pulumi.Ops("plan", "dev", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var udp = json.RootElement.GetProperty("rules").EnumerateArray()
            .Where(rule => (rule.GetProperty("direction").GetString(), rule.GetProperty("protocol").GetString()) == ("ingress", "udp"))
            .Select(rule => rule.GetProperty("ports").GetString());
        Assert.Contains("50000-50999", udp);
    }

    [Fact]
    public async Task The_cost_of_the_projects_own_stack_is_in_the_documentation()
    {
        await using var run = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var cost = json.RootElement.GetProperty("cost").GetProperty("monthlyUsd").GetDecimal();
        var documented = File.ReadLines(Checkout.At("docs", "settings.md"))
            .Single(line => line.StartsWith("| **together, without traffic** |", StringComparison.Ordinal));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"**{cost:0.00}**"), documented.Split('|')[2].Trim());
    }

    [Fact]
    public async Task Every_resource_and_the_source_and_day_of_every_price_are_shown()
    {
        await using var tables = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev");
        await using var run = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev", "--json");
        using var json = JsonDocument.Parse(run.Output);

        var resources = json.RootElement.GetProperty("resources").EnumerateArray().ToList();
        var names = resources.Select(resource => resource.GetProperty("name").GetString()!);
        Assert.All(names, name => Assert.Contains(name, tables.Output, StringComparison.Ordinal));
        var kinds = resources.Select(resource => resource.GetProperty("kind").GetString()!).ToHashSet();
        Assert.Superset(new HashSet<string> { "VPC", "IAM role", "bucket", "secret", "alarm" }, kinds);
        var parts = json.RootElement.GetProperty("cost").GetProperty("parts").EnumerateArray().ToList();
        Assert.All(parts, part =>
        {
            Assert.Contains(part.GetProperty("source").GetString()!, tables.Output, StringComparison.Ordinal);
            Assert.Contains(part.GetProperty("date").GetString()!, tables.Output, StringComparison.Ordinal);
        });
        Assert.Contains(parts, part => part.GetProperty("what").GetString() == "each relayed GB, on top");
    }

    [Fact]
    public async Task A_stack_that_does_not_exist_yet_is_planned_from_options()
    {
        string[] settings =
        [
            "--region", "us-east-1", "--domain", "call.example.org", "--instance-type", "t4g.small", "--architecture", "arm64",
        ];
        await using var run = await _pulumi.Ops(["plan", .. settings, "--json"]);
        Assert.Equal("", run.Errors);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("example.org", json.RootElement.GetProperty("hostedZone").GetString());
        Assert.Equal("t4g.small", json.RootElement.GetProperty("hosts")[0].GetProperty("instanceType").GetString());
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task An_option_overrides_the_stacks_setting_and_changes_no_file()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings);
        await using var run = await _pulumi.Ops("plan", "dev", "--instance-type", "t3.large", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("t3.large", json.RootElement.GetProperty("hosts")[0].GetProperty("instanceType").GetString());
        Assert.Equal(Settings, File.ReadAllText(Path.Combine(_pulumi.Project, "Pulumi.dev.yaml")));
    }

    [Fact]
    public async Task Without_a_stack_and_a_region_the_error_has_an_example()
    {
        await using var run = await _pulumi.Ops("plan");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            "ops: no stack and no region; pass a stack, or settings such as --region eu-central-1 --domain call.example.org\n",
            run.Errors);
    }

    [Fact]
    public async Task Every_mistake_in_the_settings_has_its_own_line()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:regoin: us-east-1\n  causeway:relayPorts: 60000-50000\n");
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        var lines = run.Errors.TrimEnd('\n').Split('\n');
        Assert.Collection(lines,
            line => Assert.Equal($"ops: {_pulumi.Project}/Pulumi.dev.yaml: 5 mistakes:", line),
            line => Assert.Equal("  regoin: is not a setting; did you mean region?", line),
            line => Assert.StartsWith("  region: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("  relayPorts: 60000-50000 is empty", line, StringComparison.Ordinal),
            line => Assert.StartsWith("  rotation: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith("  expires: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_stack_is_one_line_with_the_fix()
    {
        await using var run = await _pulumi.Ops("plan", "nowhere");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"ops: stack 'nowhere' not found: {_pulumi.Project}/Pulumi.nowhere.yaml doesn't exist; create it with: ops init nowhere\n",
            run.Errors);
    }

    [Fact]
    public async Task Invalid_YAML_is_one_line_with_the_line_number()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: [us\n");
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"^ops: \S+/Pulumi\.dev\.yaml: line \d+: ", run.Errors);
    }

    [Theory]
    [InlineData("config:\n  [a, b]: 3\n", "line 2: a key is a list or a map; use a string")]
    [InlineData("config:\n  causeway:tags:\n    ? [a, b]\n    : 3\n", "line 3: a key is a list or a map; use a string")]
    [InlineData("config:\n  causeway:tags: &all\n    team: *all\n", "more than 8 nested levels")]
    [InlineData("config:\n  region: us-east-1\n", "line 2: 'region' has no namespace; write causeway:region")]
    [InlineData("config: us-east-1\n", "line 1: config isn't a map of settings")]
    [InlineData("config:\n  causeway:zone: a\n  causeway:zone: b\n", "line 3: ")]
    [InlineData("", "the file has no settings")]
    public async Task A_file_that_Pulumi_would_reject_is_one_line(string file, string line)
    {
        _pulumi.Write("Pulumi.dev.yaml", file);
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(line, Assert.Single(run.Errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static string Encrypted(string setting) => Settings.Replace(
        $"  causeway:{setting}\n", $"  causeway:{setting.Split(':')[0]}:\n    secure: v1:xyz\n", StringComparison.Ordinal);

    [Theory]
    [InlineData("region: us-east-1")]
    [InlineData("domain: call.example.org")]
    public async Task An_encrypted_setting_is_reported_as_encrypted_and_not_as_missing(string setting)
    {
        _pulumi.Write("Pulumi.dev.yaml", Encrypted(setting));
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal(
            $"ops: {_pulumi.Project}/Pulumi.dev.yaml: {setting.Split(':')[0]}: is encrypted, and the plan depends on it; pass --decrypt, "
            + "or store it in clear with pulumi config set --plaintext\n",
            run.Errors);
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task Decrypt_has_Pulumi_decrypt_settings_but_not_the_root_secret()
    {
        _pulumi.Write("Pulumi.dev.yaml", Encrypted("domain: call.example.org"));
        _pulumi.Write("secret", "meet.example.org\n");
        await using var run = await _pulumi.Ops("plan", "dev", "--decrypt");
        Assert.Equal("", run.Errors);
        Assert.Contains("relay-<generation>.meet.example.org", run.Output, StringComparison.Ordinal);
        Assert.Equal(["config get causeway:domain --stack dev --non-interactive"], _pulumi.Calls);
    }

    [Fact]
    public async Task An_encrypted_key_that_is_misspelt_is_found()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings + "\n  causeway:domian:\n    secure: v1:xyz\n");
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith("domian: is not a setting; did you mean domain?\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_secret_in_clear_is_rejected_like_by_pulumi_up()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings.Replace(
            "  causeway:rootSecret:\n    secure: v1:abc\n",
            "  causeway:rootSecret: AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n",
            StringComparison.Ordinal));
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith(
            "rootSecret: is stored in clear; change it, and set it with pulumi config set --secret\n", run.Errors,
            StringComparison.Ordinal);
        Assert.DoesNotContain("AQID", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_demo_is_planned_with_a_warning()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings.Replace("2026-12-31", "2020-01-01", StringComparison.Ordinal));
        await using var run = await _pulumi.Ops("plan", "dev", "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("ops: warning: expires: 2020-01-01 has passed", run.Errors, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(run.Output);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("Dev")]
    [InlineData("")]
    public async Task An_invalid_stack_name_is_rejected_before_it_is_used_as_a_path(string stack)
    {
        await using var run = await _pulumi.Ops("plan", stack);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"ops: stack: {stack} isn't a valid stack name; use 1 to 16 of a-z", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan", "dev")]
    [InlineData("init", "dev", "--region", "eu-central-1")]
    [InlineData("credentials", "--stack", "dev")]
    public async Task A_missing_project_folder_or_one_without_a_project_is_reported(params string[] command)
    {
        await using var missing = await Run.ToEnd("dotnet", [Programs.Ops, .. command, "--project", "/nonexistent/project"]);
        Assert.Equal("ops: --project: the folder /nonexistent/project doesn't exist; pass the folder of Pulumi.yaml\n", missing.Errors);
        Assert.Equal(1, missing.ExitCode);

        await using var other = await Run.ToEnd("dotnet", [Programs.Ops, .. command, "--project", "/proc"]);
        Assert.Equal("ops: no Pulumi.yaml in /proc; run this inside the project, or pass its folder with --project\n", other.Errors);
        Assert.Equal(1, other.ExitCode);
    }

    [Theory]
    [InlineData("plan dev --jsno", "ops plan --help")]
    [InlineData("plann dev", "ops --help")]
    [InlineData("init dev --stage test", "ops init --help")]
    public async Task An_invalid_command_line_exits_with_2_and_points_to_the_help(string line, string help)
    {
        await using var run = await Run.ToEnd("dotnet", [Programs.Ops, .. line.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.EndsWith($"See {help}\n", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_the_help_with_exit_codes_is_printed()
    {
        await using var run = await Run.ToEnd("dotnet", Programs.Ops);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Exits with 0", run.Errors, StringComparison.Ordinal);
        Assert.Contains("credentials", run.Errors, StringComparison.Ordinal);
    }
}
