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
    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    [Fact]
    public async Task The_credential_is_signed_with_the_services_secret_and_lasts_as_long_as_was_said()
    {
        _pulumi.Write("settings.json", SettingsJson.Render(relay: null, new()
        {
            Ice = new() { StunUrls = ["stun:192.0.2.1:3478"], TurnUrls = ["turn:192.0.2.1:3478?transport=udp"], Secrets = ["the secret", "the one before"] },
        }));

        await using var run = await _pulumi.Ops("credentials", "--settings", Path.Combine(_pulumi.Project, "settings.json"), "--lifetime", "90m", "--subject", "printer");

        Assert.Equal("", run.Errors);
        var servers = JsonSerializer.Deserialize<IceServer[]>(run.Output, JsonFormat.Settings)!;
        Assert.Equal(["stun:192.0.2.1:3478"], servers[0].Urls);
        RequireSigned(servers[1], "the secret", "printer", TimeSpan.FromMinutes(90));
    }

    [Fact]
    public async Task A_stacks_credential_is_signed_with_what_derives_from_its_root_secret()
    {
        var root = Convert.ToBase64String(Enumerable.Range(0, 32).Select(number => (byte)number).ToArray());
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  causeway:stage: production\n  causeway:rotation: \"2026-11-22\"\n  causeway:rootSecret:\n    secure: v1:abc\n");
        _pulumi.Write("secret", root + "\n");
        _pulumi.Write("output", """[{"urls":["stun:192.0.2.1:3478"]},{"urls":["turn:192.0.2.1:3478?transport=udp"],"username":"1:stack-output","credential":"x"}]""");

        await using var run = await _pulumi.Ops("credentials", "--stack", "dev", "--lifetime", "7d");

        Assert.Equal("", run.Errors);
        var server = JsonSerializer.Deserialize<IceServer[]>(run.Output, JsonFormat.Settings)![1];
        Assert.Equal(["turn:192.0.2.1:3478?transport=udp"], server.Urls);
        RequireSigned(server, SecretDerivation.Derive(Convert.FromBase64String(root), SecretDerivation.Turn, "2026-11-22"), "ops", TimeSpan.FromDays(7));
    }

    [Fact]
    public async Task Settings_that_are_not_there_are_one_line_that_says_what_to_do()
    {
        await using var run = await _pulumi.Ops("credentials", "--settings", "/nonexistent/settings.json");
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^ops: /nonexistent/settings\.json cannot be read \(.*\); start script/up, or name a settings file with --settings or a stack with --stack\n$", run.Errors);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("two words")]
    [InlineData("")]
    public async Task What_is_no_subject_is_refused_in_words_for_people(string subject)
    {
        _pulumi.Write("settings.json", SettingsJson.Render(relay: null, new() { Ice = new() { TurnUrls = ["turn:192.0.2.1:3478?transport=udp"], Secrets = ["the secret"] } }));
        await using var run = await _pulumi.Ops("credentials", "--settings", Path.Combine(_pulumi.Project, "settings.json"), "--subject", subject);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--subject: invalid subject '{subject}'; write 1 to 200 visible ASCII characters without a colon\n", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", run.Errors, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task A_stack_and_a_settings_file_at_once_are_refused()
    {
        await using var run = await _pulumi.Ops("credentials", "--stack", "dev", "--settings", "settings.json");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("ops: --stack and --settings: the secret is that of the one or of the other; say one of them\n", run.Errors);
        Assert.Empty(_pulumi.Calls);
    }

    [Theory]
    [InlineData("{}", "has no signalling.ice")]
    [InlineData("{\"signalling\": {\"ice\": {}}}", "there is no secret under signalling.ice")]
    [InlineData("[]", "is no settings file of signalling")]
    [InlineData("", "is no settings file of signalling")]
    public async Task A_file_of_something_else_is_one_line(string file, string line)
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
    public void A_lifetime_is_read(string text, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), CredentialsCommand.Lifetime(text));

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("5 h")]
    [InlineData("31d")]
    [InlineData("999999999999h")]
    public void What_is_no_lifetime_is_refused(string text) => Assert.Throws<OpsException>(() => CredentialsCommand.Lifetime(text));

    private static void RequireSigned(IceServer server, string secret, string subject, TimeSpan lifetime)
    {
        Assert.True(Credentials.TryReadUsername(System.Text.Encoding.ASCII.GetBytes(server.Username!), out var expiry, out var named));
        Assert.Equal(subject, System.Text.Encoding.UTF8.GetString(named));
        // The command ran a moment ago.
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(expiry) - DateTimeOffset.UtcNow, lifetime - TimeSpan.FromMinutes(5), lifetime);
        Assert.Equal(Credentials.Mint(secret, subject, expiry).Password, server.Credential);
    }
}
