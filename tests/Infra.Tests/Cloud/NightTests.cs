using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>The script of the nightly workflow.</summary>
public sealed class NightTests
{
    [Fact]
    public async Task A_night_finds_an_expired_demo_and_removes_it_if_the_repository_is_set_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the script is for the workflow's machine");
        await using var cloud = await AwsCloud.StartAsync();
        await Stacks.StandUpAsync(
            cloud, "live", ("region", "us-east-1"), ("domain", "live.example.org"), ("stage", "production"), ("expires", ""));
        var others = cloud.All.Select(one => one.Arn).ToHashSet();
        await Stacks.StandUpAsync(cloud, "demo1", ("region", "us-east-1"), ("expires", "2026-11-14"));
        var all = cloud.All.Count;
        using var folder = new TemporaryFolder();

        await using var look = await Night(cloud, folder, delete: "");
        Assert.Equal((0, "outcome=found\n"), (look.ExitCode, Outcome(folder)));
        Assert.Contains("demo1 in us-east-1", File.ReadAllText(folder.At("report.txt")), StringComparison.Ordinal);
        Assert.Equal(all, cloud.All.Count);

        await using var removal = await Night(cloud, folder, delete: "true");
        Assert.Equal((0, "outcome=clean\n"), (removal.ExitCode, Outcome(folder)));
        var left = cloud.All.Where(one => one is not CloudInstance { State: "terminated" });
        Assert.Equal(others, left.Select(one => one.Arn).ToHashSet());

        await using var again = await Night(cloud, folder, delete: "true");
        Assert.Equal((0, "outcome=clean\n"), (again.ExitCode, Outcome(folder)));
    }

    [Fact]
    public async Task Without_a_role_the_night_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the script is for the workflow's machine");
        await using var cloud = await AwsCloud.StartAsync();
        using var folder = new TemporaryFolder();
        await using var run = await Night(cloud, folder, delete: "", ("AWS_ACCESS_KEY_ID", null));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("::error::ops sweep ended with 2", run.Output, StringComparison.Ordinal);
    }

    private static string Outcome(TemporaryFolder folder)
    {
        var outcome = File.ReadAllText(folder.At("outputs"));
        File.Delete(folder.At("outputs"));
        return outcome;
    }

    private static async Task<Run> Night(
        AwsCloud cloud, TemporaryFolder folder, string delete, params (string Name, string? Value)[] variables)
    {
        // Longer than it ever takes on a busy machine.
        File.WriteAllText(folder.At("ops"), $"#!/bin/sh\nexec dotnet '{Programs.Ops}' \"$@\" --timeout 300\n");
        File.SetUnixFileMode(folder.At("ops"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var environment = new Dictionary<string, string?>(cloud.Environment)
        {
            ["REGIONS"] = "us-east-1, eu-central-1",
            ["DELETE"] = delete,
            ["REPORT"] = folder.At("report.txt"),
            ["GITHUB_OUTPUT"] = folder.At("outputs"),
            ["OPS"] = folder.At("ops"),
        };
        foreach (var (name, value) in variables) environment[name] = value;
        var run = Run.Start(Checkout.At(".github", "scripts", "sweep"), [], environment);
        await run.WaitForExit();
        return run;
    }
}
