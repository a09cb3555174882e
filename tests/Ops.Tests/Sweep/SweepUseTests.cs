using Causeway.Ops.Tests.Stacks;

namespace Causeway.Ops.Tests.Sweep;

/// <summary>What <c>ops sweep</c> refuses before it asks anything: 2, and what to say instead.</summary>
public sealed class SweepUseTests : IDisposable
{
    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    private async Task Refuses(string message, params string[] arguments)
    {
        await using var run = await _pulumi.Ops(["sweep", .. arguments]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public Task Without_a_region_nothing_is_looked_for() =>
        Refuses("no region: no stack's file here says one; say it: --region eu-central-1");

    [Fact]
    public Task A_region_is_a_name_of_one() => Refuses("--region: 'Frankfurt' is not the name of a region", "--region", "Frankfurt");

    [Fact]
    public Task Nothing_is_removed_without_confirmation() =>
        Refuses("not interactive; pass --yes to delete without confirmation", "--region", "us-east-1", "--delete");

    [Fact]
    public Task Yes_is_an_answer_to_delete() => Refuses("--yes says nothing without --delete", "--region", "us-east-1", "--yes");

    [Fact]
    public Task A_name_that_no_stack_can_have_is_refused() => Refuses("Dev!", "--region", "us-east-1", "--stack", "Dev!");

    [Fact]
    public Task Without_credentials_it_cannot_begin() => Refuses("there are no AWS credentials", "--region", "us-east-1");

    [Fact]
    public Task Files_of_several_accounts_are_told_apart()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  aws:profile: dev\n");
        _pulumi.Write("Pulumi.qa.yaml", "config:\n  causeway:region: us-east-1\n  aws:profile: qa\n");
        return Refuses("the files of dev, qa differ in their settings under aws:; name one of them: --settings STACK");
    }

    [Fact]
    public Task A_guard_that_cannot_be_read_is_not_passed_by()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  aws:allowedAccountIds:\n    secure: v1:abc\n");
        return Refuses("aws:allowedAccountIds is encrypted in", "--stack", "dev");
    }
}
