using System.Globalization;

namespace Causeway.Ops.Tests.Stacks;

public sealed class InitCommandTests : IDisposable
{
    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    [Fact]
    public async Task A_new_stack_gets_its_settings_and_over_standard_input_a_root_secret()
    {
        await using var run = await _pulumi.Ops("init", "demo1", "--region", "eu-central-1", "--domain", "call.example.org");

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("stack select demo1 --create --non-interactive", _pulumi.Calls[0]);
        Assert.Contains("config set --stack demo1 causeway:region eu-central-1 --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:domain call.example.org --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:stage demo --non-interactive", _pulumi.Calls);
        Assert.Contains(_pulumi.Calls, call => call.StartsWith("config set --stack demo1 causeway:expires 20", StringComparison.Ordinal));
        Assert.Equal("config set --stack demo1 --secret causeway:rootSecret --non-interactive", _pulumi.Calls[^1]);

        var secret = _pulumi.Input(_pulumi.Calls.Count);
        Assert.Equal(32, Convert.FromBase64String(secret).Length);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Pulumi_the_settings_are_written_and_the_missing_secret_is_reported()
    {
        await using var run = await _pulumi.OpsWithoutPulumi("init", "demo1", "--region", "eu-central-1", "--domain", "call.example.org");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'pulumi', which encrypts the root secret, isn't on the PATH", run.Errors, StringComparison.Ordinal);
        Assert.Contains("and run ops init demo1 again", run.Errors, StringComparison.Ordinal);
        var file = File.ReadAllText(Path.Combine(_pulumi.Project, "Pulumi.demo1.yaml"));
        Assert.Contains("  causeway:domain: \"call.example.org\"\n", file, StringComparison.Ordinal);
        Assert.DoesNotContain("rootSecret", file, StringComparison.Ordinal);

        await using var plan = await _pulumi.OpsWithoutPulumi("plan", "demo1");
        Assert.Equal("", plan.Errors);
        Assert.Contains("call.example.org", plan.Output, StringComparison.Ordinal);

        // With Pulumi the same command completes it, and keeps what is there.
        await using var again = await _pulumi.Ops("init", "demo1");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("config set --stack demo1 causeway:domain call.example.org --non-interactive", _pulumi.Calls);
        Assert.Equal("config set --stack demo1 --secret causeway:rootSecret --non-interactive", _pulumi.Calls[^1]);
    }

    [Fact]
    public async Task Without_Pulumi_an_existing_file_is_not_changed()
    {
        const string settings = "config:\n  # mine\n  causeway:region: us-east-1\n";
        _pulumi.Write("Pulumi.dev.yaml", settings);
        await using var run = await _pulumi.OpsWithoutPulumi("init", "dev");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is unchanged and has no root secret", run.Errors, StringComparison.Ordinal);
        Assert.Equal(settings, File.ReadAllText(Path.Combine(_pulumi.Project, "Pulumi.dev.yaml")));
    }

    /// <summary>The expiry that two runs around midnight (UTC) may get.</summary>
    private static IEnumerable<string> InTwoWeeks(DateOnly before) =>
        from day in new[] { before, DateOnly.FromDateTime(DateTime.UtcNow) }
        select day.AddDays(14).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string SetExpiry => _pulumi.Calls.Single(call => call.Contains("causeway:expires", StringComparison.Ordinal)).Split(' ')[5];

    [Fact]
    public async Task A_demo_expires_in_two_weeks_and_the_command_that_extends_it_is_printed()
    {
        var before = DateOnly.FromDateTime(DateTime.UtcNow);
        await using var run = await _pulumi.Ops("init", "demo1", "--region", "eu-central-1");
        Assert.Contains(SetExpiry, InTwoWeeks(before));
        Assert.Contains(
            $"The demo expires on {SetExpiry} (in 14 days): then `ops sweep` may delete it. To extend it: ops extend demo1\n",
            run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_or_existing_expiry_is_used()
    {
        await using var said = await _pulumi.Ops("init", "demo1", "--region", "eu-central-1", "--expires", "2099-12-31");
        Assert.Equal("", said.Errors);
        Assert.Contains("config set --stack demo1 causeway:expires 2099-12-31 --non-interactive", _pulumi.Calls);

        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  causeway:expires: 2099-11-30\n");
        await using var kept = await _pulumi.Ops("init", "dev");
        Assert.Contains("The demo expires on 2099-11-30 (in ", kept.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("--stack dev causeway:expires", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2020-01-01", "demo", "expires: 2020-01-01 has passed; write today or a later day")]
    [InlineData("tomorrow", "demo", "expires: tomorrow isn't a day; write one like 2026-12-31")]
    [InlineData("2099-12-31", "production", "expires: 2099-12-31 is for demo stacks; remove it, or set stage to demo")]
    public async Task An_impossible_expiry_is_rejected(string expires, string stage, string line)
    {
        await using var run = await _pulumi.Ops("init", "dev", "--region", "eu-central-1", "--stage", stage, "--expires", expires);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"ops: {line}\n", run.Errors);
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task A_production_stack_has_no_expiry()
    {
        await using var run = await _pulumi.Ops("init", "dev", "--region", "eu-central-1", "--stage", "production");
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("expires", StringComparison.Ordinal));
        Assert.DoesNotContain("expires", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("call.example.org", null, "example.org")]
    [InlineData("example.org", null, "example.org")]
    [InlineData("call.media.example.org", "example.org", "example.org")]
    [InlineData("call.example.org", "call.example.org", "call.example.org")]
    public async Task A_domain_is_set_together_with_its_hosted_zone(string domain, string? said, string zone)
    {
        string[] option = said is null ? [] : ["--hosted-zone", said];
        await using var run = await _pulumi.Ops(["init", "demo1", "--region", "eu-central-1", "--domain", domain, .. option]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"config set --stack demo1 causeway:hostedZone {zone} --non-interactive", _pulumi.Calls);
        Assert.Contains($"hosted zone {zone}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ambiguous_option_zone_names_the_option_for_a_hosted_zone()
    {
        await using var run = await _pulumi.Ops("init", "demo1", "--region", "eu-central-1", "--zone", "example.org");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--hosted-zone", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_without_a_domain_has_no_hosted_zone()
    {
        await using var run = await _pulumi.Ops("init", "demo1", "--region", "eu-central-1");
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("hostedZone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_domain_in_the_file_keeps_its_default_zone()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  causeway:domain: call.example.org\n");
        await using var run = await _pulumi.Ops("init", "dev");
        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("hostedZone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_domain_does_not_remove_the_domain_in_the_file()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  causeway:domain: call.example.org\n");
        await using var run = await _pulumi.Ops("init", "dev", "--domain", "");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("pulumi config rm causeway:domain --stack dev", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task Existing_settings_are_not_changed()
    {
        _pulumi.Write("Pulumi.dev.yaml", """
            config:
              causeway:region: us-east-1
              causeway:stage: production
              causeway:rotation: "2026-01-01"

            """);
        await using var run = await _pulumi.Ops("init", "dev");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("config set --stack dev causeway:region us-east-1 --non-interactive", _pulumi.Calls);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("rotation", StringComparison.Ordinal));
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("expires", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stack_that_has_a_root_secret_keeps_it()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:rootSecret:\n    secure: v1:abc\n");
        await using var run = await _pulumi.Ops("init", "dev", "--region", "eu-central-1");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("ops: the stack 'dev' has a root secret already", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_pulumi.Calls);
    }

    [Theory]
    [InlineData("--region", "nowhere", "region: nowhere isn't an AWS region")]
    [InlineData("--domain", "Not A Name", "domain: Not A Name isn't a DNS name in lower case; write one like call.example.org\n")]
    [InlineData("--hosted-zone", "example.org", "hostedZone: example.org needs a domain")]
    public async Task A_mistake_is_reported_before_anything_is_written(string option, string value, string line)
    {
        string[] region = option == "--region" ? [] : ["--region", "eu-central-1"];
        await using var run = await _pulumi.Ops(["init", "dev", option, value, .. region]);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"ops: {line}", run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
        Assert.Empty(_pulumi.Calls);
    }

    [Theory]
    [InlineData("call.example.org", "other.example.org")]
    [InlineData("call.example.org", "ample.org")]
    public async Task A_zone_that_does_not_contain_the_domain_is_rejected_with_one_that_does(string domain, string zone)
    {
        await using var run = await _pulumi.Ops("init", "dev", "--region", "eu-central-1", "--domain", domain, "--hosted-zone", zone);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"ops: hostedZone: {zone} doesn't contain {domain}; write {domain} itself or a zone above it, like example.org\n", run.Errors);
        Assert.Empty(_pulumi.Calls);
    }

    [Fact]
    public async Task On_a_terminal_missing_options_are_prompted_for()
    {
        // Region, domain, the zone that is proposed, and one arrow down from demo to production.
        await using var run = await _pulumi.OpsOnTerminal("eu-west-1\rcall.example.org\r\r\u001b[B\r", "init", "demo1");

        Assert.Contains("Which AWS region?", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("config set --stack demo1 causeway:region eu-west-1 --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:domain call.example.org --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:hostedZone example.org --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:stage production --non-interactive", _pulumi.Calls);
    }

    [Fact]
    public async Task The_defaults_on_a_terminal_are_a_demo_of_two_weeks_without_a_domain()
    {
        var before = DateOnly.FromDateTime(DateTime.UtcNow);
        await using var run = await _pulumi.OpsOnTerminal("\r\r\r\r", "init", "demo1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("What is the demo's last day?", run.Output, StringComparison.Ordinal);
        Assert.Contains(SetExpiry, InTwoWeeks(before));
        Assert.Contains("config set --stack demo1 causeway:region eu-central-1 --non-interactive", _pulumi.Calls);
        Assert.DoesNotContain(_pulumi.Calls, call => call.Contains("causeway:domain", StringComparison.Ordinal));
        Assert.Contains("config set --stack demo1 causeway:stage demo --non-interactive", _pulumi.Calls);
    }

    [Fact]
    public async Task A_wrong_answer_is_prompted_for_again()
    {
        const string Typed = "Frankfurt\reu-west-1\rcall\rcall.example.org\rexample.net\rexample.org\r\r2020-01-01\r2099-12-31\r";
        await using var run = await _pulumi.OpsOnTerminal(Typed, "init", "demo1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("isn't an AWS region", run.Output, StringComparison.Ordinal);
        Assert.Contains("isn't a DNS name", run.Output, StringComparison.Ordinal);
        Assert.Contains("doesn't contain", run.Output, StringComparison.Ordinal);
        Assert.Contains("has passed", run.Output, StringComparison.Ordinal);
        Assert.Contains("config set --stack demo1 causeway:expires 2099-12-31 --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:region eu-west-1 --non-interactive", _pulumi.Calls);
        Assert.Contains("config set --stack demo1 causeway:hostedZone example.org --non-interactive", _pulumi.Calls);
    }

    [Fact]
    public async Task Without_a_terminal_the_missing_option_is_named()
    {
        await using var run = await _pulumi.Ops("init", "dev");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--region", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_Pulumi_is_passed_on()
    {
        _pulumi.Write("fails", "");
        await using var run = await _pulumi.Ops("init", "dev", "--region", "eu-central-1");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("ops: pulumi stack select dev --create failed with exit code 255: error: no login\n", run.Errors);
    }
}
