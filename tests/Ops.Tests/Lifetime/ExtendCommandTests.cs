using System.Globalization;
using Causeway.Ops.Tests.Stacks;

namespace Causeway.Ops.Tests.Lifetime;

public sealed class ExtendCommandTests : IDisposable
{
    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    private static string InDays(int days) => DateOnly.FromDateTime(DateTime.UtcNow).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private string File => System.IO.File.ReadAllText(Path.Combine(_pulumi.Project, "Pulumi.dev.yaml"));

    [Fact]
    public async Task An_expired_demo_gets_two_more_weeks_without_Pulumi()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  # mine\n  causeway:region: us-east-1\n  causeway:expires: \"2020-01-01\" # long ago\n  causeway:rootSecret:\n    secure: v1:abc\n");
        var before = InDays(14);
        await using var run = await _pulumi.OpsWithoutPulumi("extend", "dev");
        string[] days = [before, InDays(14)];
        Assert.Equal(0, run.ExitCode);
        var day = Assert.Single(days.Distinct(), day => run.Output.Contains(day, StringComparison.Ordinal));
        Assert.StartsWith($"The demo 'dev' expires on {day} (in 14 days; it was 2020-01-01), in ", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("ops: warning: the account was not asked (there are no AWS credentials", run.Errors, StringComparison.Ordinal);
        Assert.EndsWith("what is there keeps its day, which the sweep goes by, until: pulumi up --stack dev\n", run.Errors, StringComparison.Ordinal);
        Assert.Equal($"config:\n  # mine\n  causeway:region: us-east-1\n  causeway:expires: \"{day}\" # long ago\n  causeway:rootSecret:\n    secure: v1:abc\n", File);
        Assert.Empty(_pulumi.Calls);

        var later = InDays(60);
        await using var again = await _pulumi.OpsWithoutPulumi("extend", "dev", "--until", later);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains($"causeway:expires: \"{later}\" # long ago", File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config:\n  causeway:region: us-east-1\n  causeway:stage: production\n", "stage is production, and only a demo has an expiry; nothing was changed")]
    [InlineData("config:\n  causeway:region: us-east-1\n  causeway:stage:\n    secure: v1:abc\n  causeway:expires: 2020-01-01\n", "stage is encrypted; keep it in clear (pulumi config set --plaintext)")]
    [InlineData("config:\n  causeway:region: us-east-1\n  causeway:expires:\n    secure: v1:abc\n", "expires is encrypted; keep it in clear (pulumi config set --plaintext)")]
    [InlineData("config:\n  causeway:region: us-east-1\n  causeway:expires: soon\n", "expires: soon is not a day; write one as 2026-12-31")]
    public async Task What_is_no_demo_with_a_day_is_refused_and_stays(string text, string line)
    {
        _pulumi.Write("Pulumi.dev.yaml", text);
        await using var run = await _pulumi.OpsWithoutPulumi("extend", "dev");
        Assert.Equal((2, text), (run.ExitCode, File));
        Assert.EndsWith($"Pulumi.dev.yaml: {line}\n", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--days", "0", "--days: '0' is not a number of days from 1 to 90")]
    [InlineData("--days", "1000", "--days: '1000' is not a number of days from 1 to 90")]
    [InlineData("--until", "2020-01-01", "--until: 2020-01-01 has passed; write today or a later day")]
    [InlineData("--until", "Friday", "--until: 'Friday' is not a day; write one as 2026-12-31")]
    [InlineData("--until", "2999-01-01", "--until: 2999-01-01 is more than 90 days from today; write ")]
    public async Task A_wrong_time_is_refused_and_the_file_stays(string option, string value, string line)
    {
        const string text = "config:\n  causeway:region: us-east-1\n  causeway:expires: 2020-01-01\n";
        _pulumi.Write("Pulumi.dev.yaml", text);
        await using var run = await _pulumi.OpsWithoutPulumi("extend", "dev", option, value);
        Assert.Equal((2, text), (run.ExitCode, File));
        Assert.StartsWith($"ops: {line}", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_without_a_file_and_a_name_that_none_can_have_are_refused()
    {
        await using var missing = await _pulumi.OpsWithoutPulumi("extend", "other");
        Assert.Equal(1, missing.ExitCode);
        Assert.StartsWith("ops: there is no stack 'other'", missing.Errors, StringComparison.Ordinal);
        await using var wrong = await _pulumi.OpsWithoutPulumi("extend", "Not_A_Name");
        Assert.Equal(2, wrong.ExitCode);
    }
}
