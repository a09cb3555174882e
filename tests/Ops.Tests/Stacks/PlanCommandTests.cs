using System.Globalization;
using System.Text.Json;

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
    public async Task The_cost_of_the_projects_own_stack_is_the_one_in_the_documentation()
    {
        await using var run = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev", "--json");
        using var json = JsonDocument.Parse(run.Output);
        var shown = json.RootElement.GetProperty("cost").GetProperty("monthlyUsd").GetDecimal().ToString("0.00", CultureInfo.InvariantCulture);
        var documented = File.ReadLines(Checkout.At("docs", "settings.md")).Single(line => line.StartsWith("| **together, without traffic** |", StringComparison.Ordinal));
        Assert.Equal($"**{shown}**", documented.Split('|')[2].Trim());
    }

    [Fact]
    public async Task Every_resource_and_the_source_and_day_of_every_price_are_shown()
    {
        await using var tables = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev");
        await using var run = await Run.ToEnd("dotnet", Programs.Ops, "plan", "dev", "--json");
        using var json = JsonDocument.Parse(run.Output);

        var resources = json.RootElement.GetProperty("resources").EnumerateArray().ToList();
        Assert.All(resources, resource => Assert.Contains(resource.GetProperty("name").GetString()!, tables.Output, StringComparison.Ordinal));
        Assert.All(["VPC", "IAM role", "bucket", "secret", "alarm"], kind => Assert.Contains(resources, resource => resource.GetProperty("kind").GetString() == kind));
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
        await using var run = await _pulumi.Ops("plan", "--region", "us-east-1", "--domain", "call.example.org", "--instance-type", "t4g.small", "--architecture", "arm64", "--json");
        Assert.Equal("", run.Errors);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("example.org", json.RootElement.GetProperty("hostedZone").GetString());
        Assert.Equal("t4g.small", json.RootElement.GetProperty("hosts")[0].GetProperty("instanceType").GetString());
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task An_option_is_taken_instead_of_the_stacks_own_setting_and_changes_no_file()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings);
        await using var run = await _pulumi.Ops("plan", "dev", "--instance-type", "t3.large", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("t3.large", json.RootElement.GetProperty("hosts")[0].GetProperty("instanceType").GetString());
        Assert.Equal(Settings, File.ReadAllText(Path.Combine(_pulumi.Project, "Pulumi.dev.yaml")));
    }

    [Fact]
    public async Task Neither_a_stack_nor_a_region_is_one_line_with_an_example()
    {
        await using var run = await _pulumi.Ops("plan");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("ops: nothing to plan: name a stack, or say its settings: ops plan --region eu-central-1 --domain call.example.org\n", run.Errors);
    }

    [Fact]
    public async Task Every_mistake_in_the_settings_is_said_in_a_line_of_its_own()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:regoin: us-east-1\n  causeway:relayPorts: 60000-50000\n");
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        var lines = run.Errors.TrimEnd('\n').Split('\n');
        Assert.Equal($"ops: {_pulumi.Project}/Pulumi.dev.yaml: 5 mistakes:", lines[0]);
        Assert.Equal(
            ["  regoin: is not a setting; did you mean region?", "  region: ", "  relayPorts: 60000-50000 is empty", "  rotation: ", "  expires: "],
            lines[1..].Zip(["x?", ": ", "empty", ": ", ": "], (line, end) => line[..(end == "x?" ? line.Length : line.IndexOf(end, StringComparison.Ordinal) + end.Length)]));
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
        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"^ops: \S+/Pulumi\.dev\.yaml: line \d+: ", run.Errors);
    }

    [Theory]
    [InlineData("config:\n  [a, b]: 3\n", "line 2: a key is a list or a map, and must be a word")]
    [InlineData("config:\n  causeway:tags:\n    ? [a, b]\n    : 3\n", "line 3: a key is a list or a map, and must be a word")]
    [InlineData("config:\n  causeway:tags: &all\n    team: *all\n", "levels lie in one another")]
    [InlineData("config:\n  region: us-east-1\n", "line 2: 'region' has no namespace before it, as causeway:region")]
    [InlineData("config: us-east-1\n", "line 1: config holds no keys with values")]
    [InlineData("config:\n  causeway:zone: a\n  causeway:zone: b\n", "line 3: ")]
    [InlineData("", "it holds no settings")]
    public async Task A_file_that_Pulumi_would_not_take_is_one_line_with_the_place(string file, string line)
    {
        _pulumi.Write("Pulumi.dev.yaml", file);
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(line, Assert.Single(run.Errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static string Encrypted(string setting) => Settings.Replace($"  causeway:{setting}\n", $"  causeway:{setting.Split(':')[0]}:\n    secure: v1:xyz\n", StringComparison.Ordinal);

    [Theory]
    [InlineData("region: us-east-1")]
    [InlineData("domain: call.example.org")]
    public async Task A_setting_that_is_encrypted_is_no_setting_that_is_missing(string setting)
    {
        _pulumi.Write("Pulumi.dev.yaml", Encrypted(setting));
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal(
            $"ops: {_pulumi.Project}/Pulumi.dev.yaml: {setting.Split(':')[0]}: is encrypted, so what depends on it cannot be shown; add --decrypt, or keep it in clear (pulumi config set --plaintext)\n", run.Errors);
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task An_encrypted_setting_is_decrypted_by_Pulumi_when_it_is_said_and_the_root_secret_is_not()
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
    public async Task A_root_secret_in_clear_is_refused_as_pulumi_up_refuses_it()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings.Replace("  causeway:rootSecret:\n    secure: v1:abc\n", "  causeway:rootSecret: AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n", StringComparison.Ordinal));
        await using var run = await _pulumi.Ops("plan", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith("rootSecret: is stored in clear; change it, and set it with pulumi config set --secret\n", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("AQID", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_day_of_expiry_that_has_passed_is_said_and_the_plan_is_shown()
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
    public async Task A_name_that_no_stack_can_have_is_refused_before_it_is_a_path(string stack)
    {
        await using var run = await _pulumi.Ops("plan", stack);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"ops: stack: {stack} isn't a valid stack name; use 1 to 16 of a-z", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan", "dev")]
    [InlineData("init", "dev", "--region", "eu-central-1")]
    [InlineData("credentials", "--stack", "dev")]
    public async Task A_project_folder_that_is_not_there_or_is_none_is_said(params string[] command)
    {
        await using var missing = await Run.ToEnd("dotnet", [Programs.Ops, .. command, "--project", "/nonexistent/project"]);
        Assert.Equal("ops: --project: there is no folder /nonexistent/project; name the one that holds Pulumi.yaml\n", missing.Errors);
        Assert.Equal(1, missing.ExitCode);

        await using var other = await Run.ToEnd("dotnet", [Programs.Ops, .. command, "--project", "/proc"]);
        Assert.Equal("ops: there is no Pulumi.yaml in /proc; run this from within the project, or name its top folder with --project\n", other.Errors);
        Assert.Equal(1, other.ExitCode);
    }

    [Theory]
    [InlineData("plan dev --jsno", "ops plan --help")]
    [InlineData("plann dev", "ops --help")]
    [InlineData("init dev --stage test", "ops init --help")]
    public async Task A_wrong_command_line_ends_with_2_and_says_where_the_right_one_stands(string line, string help)
    {
        await using var run = await Run.ToEnd("dotnet", [Programs.Ops, .. line.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.EndsWith($"See {help}\n", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_alone_shows_its_help_and_its_exit_codes()
    {
        await using var run = await Run.ToEnd("dotnet", Programs.Ops);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Ends with 0", run.Errors, StringComparison.Ordinal);
        Assert.Contains("credentials", run.Errors, StringComparison.Ordinal);
    }
}
