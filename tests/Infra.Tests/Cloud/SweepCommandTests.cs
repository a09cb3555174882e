using System.Text.Json;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;

namespace Causeway.Infra.Tests.Cloud;

/// <summary><c>ops sweep</c> in an account with stacks.</summary>
public sealed class SweepCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _project = new();
    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        File.WriteAllText(_project.At("Pulumi.yaml"), "name: causeway\n");
        File.WriteAllText(_project.At("Pulumi.dev.yaml"), "config:\n  causeway:region: us-east-1\n");
        await StandUp("dev", ("expires", "2026-10-31"), ("tags", """{"team":"calls"}"""));
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _project.Dispose();
    }

    private async Task StandUp(string stack, params (string, string)[] changes)
    {
        var registered = await Registered.From(Stacks.Named(stack, [("region", "us-east-1"), .. changes]));
        registered.StandUp(_cloud, new DateTimeOffset(2026, 10, 17, 9, 30, 0, TimeSpan.Zero));
    }

    private string[] Arguments(params string[] arguments) =>
        [Programs.Ops, "sweep", "--project", _project.Path, "--timeout", "120", .. arguments];

    private Run Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        Run.Start("dotnet", Arguments(arguments), environment);

    // A pulumi that is logged in and has a stack with this state.
    private Dictionary<string, string?> WithPulumi(string state, string stacks = """[{ "name": "dev" }]""", int destroyEndsWith = 0)
    {
        Directory.CreateDirectory(_project.At("bin"));
        File.WriteAllText(_project.At("state.json"), state);
        File.WriteAllText(_project.At("stacks.json"), stacks);
        File.WriteAllText(_project.At("bin/pulumi"), $"""
            #!/bin/sh
            cd '{_project.Path}'
            printf '%s\n' "$*" >> calls
            case "$*" in
                "stack ls"*) cat stacks.json ;;
                "stack export"*) cat state.json ;;
                destroy*) echo 'Destroying (dev)'; echo 'error: it did not work' >&2; exit {destroyEndsWith} ;;
            esac
            """);
        File.SetUnixFileMode(_project.At("bin/pulumi"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(_cloud.Environment) { ["PATH"] = $"{_project.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}" };
    }

    private IReadOnlyList<string> PulumiCalls => File.Exists(_project.At("calls")) ? File.ReadAllLines(_project.At("calls")) : [];

    private static string State(string vpc) =>
        $$$"""{"version":3,"deployment":{"resources":[{"type":"pulumi:pulumi:Stack"},{"type":"{{{Types.Vpc}}}","id":"{{{vpc}}}"}]}}""";

    private Ec2Region Ec2 => _cloud.In("us-east-1").Ec2;

    private int Left => _cloud.Server.Locked(() =>
        _cloud.All.Count(one => one is not (CloudInstance { State: "terminated" } or CloudZone)));

    private async Task<Run> Sweep(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var run = Start(environment, arguments);
        await run.WaitForExit();
        Assert.Empty(_cloud.Server.Faults);
        return run;
    }

    [Fact]
    public async Task A_dry_run_prints_a_table_with_the_total_and_exits_with_1()
    {
        await StandUp("prod", ("stage", "production"), ("expires", ""), ("domain", "talk.example.org"));
        var before = Left;
        await using var run = await Sweep(_cloud.Environment);
        Assert.Equal((1, before), (run.ExitCode, Left));
        Assert.Contains(
            "account 123456789012 in us-east-1, as arn:aws:iam::123456789012:user/deployer", run.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "dev in us-east-1: demo, expires after 2026-10-31, since 2026-10-17, team=calls", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"│ instance +│ causeway-dev-[0-9a-f]{10} +│ i-[0-9a-f]+, running +│ +│ 2026-10-17 +│ 15.18 +│", run.Output);
        Assert.Matches(@"│ DNS record +│ call.example.org +│ A 203\.0\.113\.[0-9]+ +│ global +│ +│ +│", run.Output);
        Assert.Matches(@"│ 33 resources +│ +│ +│ +│ +│ 28.32 +│", run.Output);
        Assert.Contains("it is a production stack, which is never swept", run.Output, StringComparison.Ordinal);
        Assert.Contains("33 resources of 1 stack in account 123456789012, 28.32 USD a month", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_delete_and_yes_the_whole_stack_is_removed_and_it_exits_with_0()
    {
        await using var run = await Sweep(_cloud.Environment, "--delete", "--yes", "--json");
        Assert.Equal((0, 0), (run.ExitCode, Left));
        using var json = JsonDocument.Parse(run.Output);
        var removal = json.RootElement.GetProperty("removal");
        Assert.Equal((33, 0), (removal.GetProperty("removed").GetInt32(), removal.GetProperty("left").GetArrayLength()));
        // About five for each resource, and those that find them.
        Assert.InRange(removal.GetProperty("requests").GetInt32(), 100, 250);
        Assert.Contains("ops: deleted VPC causeway-dev-", run.Errors, StringComparison.Ordinal);

        await using var again = await Sweep(_cloud.Environment);
        Assert.Equal((0, "Nothing to sweep in account 123456789012, us-east-1"), (again.ExitCode, again.Output.Trim()));
    }

    [Fact]
    public async Task What_is_left_is_shown_with_its_command_and_it_exits_with_1()
    {
        _cloud.Injected.Refuse("logs:DeleteLogGroup");
        await using var run = await Sweep(_cloud.Environment, "--delete", "--yes");
        Assert.Equal((1, 1), (run.ExitCode, Left));
        Assert.Matches(
            "│ log group +│ /causeway/dev/refused-traffic +│ us-east-1 +│ missing permission logs:DeleteLogGroup +"
            + "│ aws logs delete-log-group --log-group-name /causeway/dev/refused-traffic --region us-east-1 +│",
            run.Output);
        Assert.Contains("Deleted 32 resources, 1 left", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123456789012", 0)]
    [InlineData("yes", 0)]
    [InlineData("no", 1)]
    [InlineData("", 1)]
    public async Task On_a_terminal_the_account_number_or_yes_confirms_it(string typed, int exitCode)
    {
        var before = Left;
        await using var run = Run.OnTerminal("dotnet", Arguments("--delete"), _cloud.Environment, typed + "\n");
        await run.WaitForExit();
        Assert.Contains(
            "Delete 33 resources of dev (us-east-1) from account 123456789012? Type the account number or yes: ",
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal((exitCode, exitCode == 0 ? 0 : before), (run.ExitCode, Left));
    }

    [Fact]
    public async Task An_account_that_the_settings_exclude_is_not_searched()
    {
        const string settings = "config:\n  causeway:region: us-east-1\n  aws:allowedAccountIds: [\"999999999999\"]\n";
        File.WriteAllText(_project.At("Pulumi.dev.yaml"), settings);
        await using var run = await Sweep(_cloud.Environment, "--delete", "--yes");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(
            "the credentials belong to account 123456789012, which isn't in aws:allowedAccountIds (999999999999)",
            run.Errors,
            StringComparison.Ordinal);
        Assert.Equal(["sts:GetCallerIdentity"], _cloud.Server.Asked);
    }

    [Fact]
    public async Task An_interrupted_sweep_says_so_and_the_next_one_continues()
    {
        var before = Left;
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cloud.Injected.Silent.Add("ec2:TerminateInstances");
        _cloud.Injected.Before = call =>
        {
            if (call.Name == "DeleteTopic") seen.TrySetResult();
            return Task.CompletedTask;
        };
        await using (var run = Start(_cloud.Environment, "--delete", "--yes"))
        {
            await seen.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            await run.Signal("INT");
            await run.WaitForExit();
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("ops: interrupted; run the command again to continue", run.Errors, StringComparison.Ordinal);
        }
        Assert.InRange(Left, 1, before - 1);
        _cloud.Injected.Silent.Clear();
        await using var next = await Sweep(_cloud.Environment, "--delete", "--yes");
        Assert.Equal((0, 0), (next.ExitCode, Left));
    }

    [Fact]
    public async Task A_stack_in_pulumis_state_is_destroyed_first()
    {
        await using var run = await Sweep(WithPulumi(State(Ec2.Vpcs.All.Single().Id)), "--delete", "--yes");
        Assert.Equal((0, 0), (run.ExitCode, Left));
        Assert.Equal(
            [
                "stack ls --json --non-interactive",
                "stack export --stack dev --non-interactive",
                "destroy --yes --skip-preview --stack dev --non-interactive",
            ],
            PulumiCalls);
        Assert.Contains("ops: pulumi: Destroying (dev)", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_destroy_is_reported_and_what_is_left_is_swept()
    {
        await using var run = await Sweep(WithPulumi(State(Ec2.Vpcs.All.Single().Id), destroyEndsWith: 255), "--delete", "--yes");
        Assert.Equal((0, 0), (run.ExitCode, Left));
        Assert.Contains("ops: pulumi: error: it did not work", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--stack dev failed with exit code 255; sweeping what is left", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_of_another_stack_with_the_same_name_is_not_destroyed()
    {
        await using var run = await Sweep(WithPulumi(State("vpc-of-the-living")), "--delete", "--yes");
        Assert.Equal((0, 0), (run.ExitCode, Left));
        Assert.DoesNotContain(PulumiCalls, call => call.StartsWith("destroy", StringComparison.Ordinal));
        Assert.Contains(
            "not using pulumi's state of dev: its Vpc vpc-of-the-living was not found in the account",
            run.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_is_swept_without_pulumis_state_or_login()
    {
        await using var run = await Sweep(WithPulumi("", stacks: "[]"), "--delete", "--yes");
        Assert.Equal((0, 0), (run.ExitCode, Left));
        Assert.Single(PulumiCalls);

        await StandUp("dev", ("expires", "2026-10-31"));
        await using var other = await Sweep(WithPulumi("", stacks: "error: no login"), "--delete", "--yes");
        Assert.Equal((0, 0), (other.ExitCode, Left));
        Assert.Contains(
            "ops: sweeping without pulumi's state: the output of pulumi stack ls --json isn't valid",
            other.Errors,
            StringComparison.Ordinal);
    }
}
