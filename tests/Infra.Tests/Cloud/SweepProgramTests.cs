using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Infra.Tests.Cloud;

/// <summary><c>ops sweep</c> as a program, with credentials and endpoint in its environment.</summary>
public sealed class SweepProgramTests
{
    private const string Region = "eu-central-1";

    // Longer than it ever takes on a busy machine, in seconds.
    private const string Patience = "120";

    [Fact]
    public async Task A_stack_without_state_is_swept_completely_and_nothing_else_is_changed()
    {
        await using var cloud = await AwsCloud.StartAsync();
        var here = cloud.In(Region);
        await Stacks.StandUpAsync(cloud, "kept", ("domain", "kept.example.org"), ("expires", "2099-12-31"));
        await Stacks.StandUpAsync(cloud, "prod", ("domain", "prod.example.org"), ("stage", "production"), ("expires", ""));
        ForeignNetwork.In(here.Ec2);
        here.Ec2.RequestsUntilTerminated = 1;
        var others = Ids(cloud);
        await Stacks.StandUpAsync(cloud, "old", ("domain", "old.example.org"), ("expires", "2026-01-31"));
        var all = Ids(cloud);
        Assert.InRange(all.Count, others.Count + 50, int.MaxValue);

        using var folder = new TemporaryFolder();
        await using var look = await Sweep(cloud, folder);
        Assert.Equal(1, look.ExitCode);
        Assert.Equal(all, Ids(cloud));
        await using var removal = await Sweep(cloud, folder, "--delete", "--yes");
        Assert.Equal(others, Ids(cloud));
        Assert.Equal(0, removal.ExitCode);
        await using var again = await Sweep(cloud, folder);
        Assert.Equal(0, again.ExitCode);

        Assert.Empty(cloud.Server.Faults);
        // Requests are for the stack's region, which the endpoint's name doesn't contain, and for us-east-1.
        var taggingCalls = cloud.Server.Log.Where(one => one.Call.Action.StartsWith("tag:", StringComparison.Ordinal));
        Assert.Equal([Region, AwsCloud.GlobalRegion], taggingCalls.Select(one => one.Call.Region).Distinct().Order());
        Assert.Contains(cloud.Server.Log, one => one.Call.Action == "ec2:DeleteVpc" && one.Call.Region == Region);
    }

    // AWS lists a terminated instance for an hour.
    private static HashSet<string> Ids(AwsCloud cloud) =>
    [
        .. cloud.All.Where(one => one is not CloudInstance { State: "terminated" }).Select(one => $"{one.Arn} {one.Region}"),
        .. cloud.Zones.All.SelectMany(zone => zone.Records).Select(record => $"{record.Name} {record.Type}"),
    ];

    private static async Task<Run> Sweep(AwsCloud cloud, TemporaryFolder project, params string[] more)
    {
        string[] arguments = [Programs.Ops, "sweep", "--region", Region, "--timeout", Patience, "--project", project.Path, .. more];
        var run = Run.Start("dotnet", arguments, cloud.Environment);
        await run.WaitForExit();
        return run;
    }
}
