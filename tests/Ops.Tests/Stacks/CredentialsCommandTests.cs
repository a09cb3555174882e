using System.Text.Json;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Services;
using Causeway.Ops.Stacks;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Tests.Stacks;

public sealed class CredentialsCommandTests : IDisposable
{
    private const string StunUrl = "stun:192.0.2.1:3478";
    private const string TurnUrl = "turn:192.0.2.1:3478?transport=udp";

    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    [Fact]
    public async Task The_credential_is_signed_with_the_services_first_secret_and_has_the_given_lifetime()
    {
        var file = WriteSettings("the secret", "the one before");

        await using var run = await _pulumi.Ops("credentials", "--settings", file, "--lifetime", "90m", "--subject", "printer");

        Assert.Equal("", run.Errors);
        var servers = JsonSerializer.Deserialize<IceServer[]>(run.Output, JsonFormat.Settings)!;
        Assert.Equal([StunUrl], servers[0].Urls);
        RequireSigned(servers[1], "the secret", "printer", TimeSpan.FromMinutes(90));
    }

    [Fact]
    public async Task A_stacks_credential_is_signed_with_a_secret_derived_from_its_root_secret()
    {
        var root = Enumerable.Range(0, 32).Select(number => (byte)number).ToArray();
        _pulumi.Write("Pulumi.dev.yaml", """
            config:
              causeway:region: us-east-1
              causeway:stage: production
              causeway:rotation: "2026-11-22"
              causeway:rootSecret:
                secure: v1:abc

            """);
        _pulumi.Write("secret", Convert.ToBase64String(root) + "\n");
        _pulumi.Write("output", $$"""
            [{"urls":["{{StunUrl}}"]},{"urls":["{{TurnUrl}}"],"username":"1:stack-output","credential":"x"}]
            """);

        await using var run = await _pulumi.Ops("credentials", "--stack", "dev", "--lifetime", "7d");

        Assert.Equal("", run.Errors);
        var server = JsonSerializer.Deserialize<IceServer[]>(run.Output, JsonFormat.Settings)![1];
        Assert.Equal([TurnUrl], server.Urls);
        RequireSigned(server, SecretDerivation.Derive(root, SecretDerivation.Turn, "2026-11-22"), "ops", TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task A_missing_settings_file_is_one_line_with_the_fix()
    {
        await using var run = await _pulumi.Ops("credentials", "--settings", "/nonexistent/settings.json");
        Assert.Equal(1, run.ExitCode);
        const string Fix = "start script/up, or pass a settings file with --settings or a stack with --stack";
        Assert.Matches($@"^ops: can't read /nonexistent/settings\.json \(.*\); {Fix}\n$", run.Errors);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("two words")]
    [InlineData("")]
    public async Task An_invalid_subject_is_one_line_with_the_rule(string subject)
    {
        await using var run = await _pulumi.Ops("credentials", "--settings", WriteSettings("the secret"), "--subject", subject);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"ops: --subject: invalid subject '{subject}'; use 1 to 200 visible ASCII characters without a colon\n", run.Errors);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_stack_and_a_settings_file_exclude_each_other()
    {
        await using var run = await _pulumi.Ops("credentials", "--stack", "dev", "--settings", "settings.json");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("ops: --stack and --settings exclude each other; pass one of them\n", run.Errors);
        Assert.Empty(_pulumi.Calls);
    }

    [Theory]
    [InlineData("{}", "has no signalling.ice")]
    [InlineData("{\"signalling\": {\"ice\": {}}}", "has no secret under signalling.ice")]
    [InlineData("[]", "isn't a settings file of signalling")]
    [InlineData("", "isn't a settings file of signalling")]
    public async Task A_file_with_other_content_is_one_line(string file, string line)
    {
        _pulumi.Write("other.json", file);
        await using var run = await _pulumi.Ops("credentials", "--settings", Path.Combine(_pulumi.Project, "other.json"));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(line, Assert.Single(run.Errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90m", 90)]
    [InlineData("12h", 720)]
    [InlineData("7d", 10080)]
    public void A_lifetime_is_in_minutes_hours_or_days(string text, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), CredentialsCommand.Lifetime(text));

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("5 h")]
    [InlineData("31d")]
    [InlineData("999999999999h")]
    public void An_invalid_lifetime_is_rejected(string text) => Assert.Throws<OpsException>(() => CredentialsCommand.Lifetime(text));

    private string WriteSettings(params string[] secrets)
    {
        _pulumi.Write("settings.json", SettingsJson.Render(relay: null, new()
        {
            Ice = new() { StunUrls = [StunUrl], TurnUrls = [TurnUrl], Secrets = secrets },
        }));
        return Path.Combine(_pulumi.Project, "settings.json");
    }

    private static void RequireSigned(IceServer server, string secret, string subject, TimeSpan lifetime)
    {
        var username = System.Text.Encoding.ASCII.GetBytes(server.Username!);
        Assert.True(Credentials.TryReadUsername(username, out var expiry, out var named));
        Assert.Equal(subject, System.Text.Encoding.UTF8.GetString(named));
        // The command ran a moment ago.
        var left = DateTimeOffset.FromUnixTimeSeconds(expiry) - DateTimeOffset.UtcNow;
        Assert.InRange(left, lifetime - TimeSpan.FromMinutes(5), lifetime);
        Assert.Equal(Credentials.Mint(secret, subject, expiry).Password, server.Credential);
    }
}
