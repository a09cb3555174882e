using System.Globalization;
using Causeway.Ops.Tests.Stacks;

namespace Causeway.Ops.Tests.Lifetime;

public sealed class ExtendCommandTests : IDisposable
{
    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    private static string InDays(int days) =>
        DateOnly.FromDateTime(DateTime.UtcNow).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string File => System.IO.File.ReadAllText(Path.Combine(_pulumi.Project, "Pulumi.dev.yaml"));

    [Fact]
    public async Task An_expired_demo_gets_two_more_weeks_without_Pulumi()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings("2020-01-01"));
        var before = InDays(14);
        await using var run = await _pulumi.OpsWithoutPulumi("extend", "dev");
        string[] days = [before, InDays(14)];
        Assert.Equal(0, run.ExitCode);
        var day = Assert.Single(days.Distinct(), day => run.Output.Contains(day, StringComparison.Ordinal));
        Assert.StartsWith($"The demo 'dev' expires on {day} (in 14 days; was 2020-01-01), in ", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("ops: warning: the account was not queried (no AWS credentials found", run.Errors, StringComparison.Ordinal);
        Assert.EndsWith("; to change it, run pulumi up --stack dev\n", run.Errors, StringComparison.Ordinal);
        Assert.Equal(Settings(day), File);
        Assert.Empty(_pulumi.Calls);

        var later = InDays(60);
        await using var again = await _pulumi.OpsWithoutPulumi("extend", "dev", "--until", later);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(Settings(later), File);

        static string Settings(string expires) => $"""
            config:
              # mine
              causeway:region: us-east-1
              causeway:expires: "{expires}" # long ago
              causeway:rootSecret:
                secure: v1:abc

            """;
    }

    [Theory]
    [InlineData(
        "  causeway:stage: production\n",
        "stage is production, and only demos have an expiry; nothing was changed")]
    [InlineData(
        "  causeway:stage:\n    secure: v1:abc\n  causeway:expires: 2020-01-01\n",
        "stage is encrypted; store it in clear with pulumi config set --plaintext")]
    [InlineData(
        "  causeway:expires:\n    secure: v1:abc\n",
        "expires is encrypted; store it in clear with pulumi config set --plaintext")]
    [InlineData(
        "  causeway:expires: soon\n",
        "expires: soon isn't a day; write one like 2026-12-31")]
    public async Task A_file_without_a_demo_and_its_expiry_is_not_changed(string settings, string line)
    {
        var text = $"config:\n  causeway:region: us-east-1\n{settings}";
        _pulumi.Write("Pulumi.dev.yaml", text);
        await using var run = await _pulumi.OpsWithoutPulumi("extend", "dev");
        Assert.Equal((2, text), (run.ExitCode, File));
        Assert.EndsWith($"Pulumi.dev.yaml: {line}\n", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--days", "0", "--days: invalid value '0'; pass 1 to 90 days")]
    [InlineData("--days", "1000", "--days: invalid value '1000'; pass 1 to 90 days")]
    [InlineData("--until", "2020-01-01", "--until: 2020-01-01 has passed; pass today or a later day")]
    [InlineData("--until", "Friday", "--until: invalid day 'Friday'; pass one such as 2026-12-31")]
    [InlineData("--until", "2999-01-01", "--until: 2999-01-01 is more than 90 days from today; pass ")]
    public async Task An_invalid_day_does_not_change_the_file(string option, string value, string line)
    {
        const string text = "config:\n  causeway:region: us-east-1\n  causeway:expires: 2020-01-01\n";
        _pulumi.Write("Pulumi.dev.yaml", text);
        await using var run = await _pulumi.OpsWithoutPulumi("extend", "dev", option, value);
        Assert.Equal((2, text), (run.ExitCode, File));
        Assert.StartsWith($"ops: {line}", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_without_a_file_and_an_invalid_stack_name_are_rejected()
    {
        await using var missing = await _pulumi.OpsWithoutPulumi("extend", "other");
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith("ops: stack 'other' not found", missing.Errors, StringComparison.Ordinal);
        await using var wrong = await _pulumi.OpsWithoutPulumi("extend", "Not_A_Name");
        Assert.Equal(2, wrong.ExitCode);
    }
}
