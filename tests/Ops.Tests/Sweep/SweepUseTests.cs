using Causeway.Ops.Tests.Stacks;

namespace Causeway.Ops.Tests.Sweep;

/// <summary>What <c>ops sweep</c> rejects before any request: exit code 2, and the fix.</summary>
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
    public Task A_region_is_required() =>
        Refuses("no region in a stack's file; pass one such as --region eu-central-1");

    [Fact]
    public Task An_invalid_region_is_rejected() =>
        Refuses("--region: invalid region 'Frankfurt'; pass one such as eu-central-1", "--region", "Frankfurt");

    [Fact]
    public Task Deletion_without_a_terminal_requires_yes() =>
        Refuses("not interactive; pass --yes to delete without confirmation", "--region", "us-east-1", "--delete");

    [Fact]
    public Task Yes_requires_delete() => Refuses("--yes requires --delete", "--region", "us-east-1", "--yes");

    [Fact]
    public Task An_invalid_stack_name_is_rejected() => Refuses("Dev!", "--region", "us-east-1", "--stack", "Dev!");

    [Fact]
    public Task Credentials_are_required() => Refuses("no AWS credentials found", "--region", "us-east-1");

    [Fact]
    public Task Files_with_different_accounts_are_rejected()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  aws:profile: dev\n");
        _pulumi.Write("Pulumi.qa.yaml", "config:\n  causeway:region: us-east-1\n  aws:profile: qa\n");
        return Refuses("the files of dev, qa differ in their settings under aws:; pass one of them with --settings STACK");
    }

    [Fact]
    public Task An_encrypted_guard_is_not_ignored()
    {
        _pulumi.Write("Pulumi.dev.yaml", "config:\n  causeway:region: us-east-1\n  aws:allowedAccountIds:\n    secure: v1:abc\n");
        return Refuses("aws:allowedAccountIds is encrypted in", "--stack", "dev");
    }
}
