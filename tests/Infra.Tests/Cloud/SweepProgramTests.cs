using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Infra.Tests.Cloud;

/// <summary><c>ops sweep</c> as a program: credentials and endpoint are in its environment, as on a person's machine.</summary>
public sealed class SweepProgramTests
{
    private const string Region = "eu-central-1";

    // However busy the machine is.
    private const string Patience = "120";

    [Fact]
    public async Task A_stack_without_state_is_swept_to_nothing_and_nothing_else_is_touched()
    {
        await using var cloud = await AwsCloud.StartAsync();
        var here = cloud.In(Region);
        await Stacks.StandUpAsync(cloud, "kept", ("domain", "kept.example.org"), ("expires", "2099-12-31"));
        (await Registered.From(Stacks.Named("prod", ("domain", "prod.example.org"), ("stage", "production"),
            ("expires", "")))).StandUp(cloud);
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
        // Each service is asked in the stack's region, though the endpoint's name says none; two are only in us-east-1.
        Assert.Equal([Region, AwsCloud.GlobalRegion], cloud.Server.Log
            .Where(one => one.Call.Action.StartsWith("tag:", StringComparison.Ordinal))
            .Select(one => one.Call.Region).Distinct().Order());
        Assert.Contains(cloud.Server.Log, one => one.Call.Action == "ec2:DeleteVpc" && one.Call.Region == Region);
    }

    // Records are in their zone; an instance is seen for an hour after its end, and is nothing any more.
    private static IReadOnlyCollection<string> Ids(AwsCloud cloud) =>
    [
        .. cloud.All.Where(one => one is not CloudInstance { State: "terminated" }).Select(one => $"{one.Arn} {one.Region}")
            .Concat(cloud.Zones.All.SelectMany(zone => zone.Records).Select(record => $"{record.Name} {record.Type}"))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task<Run> Sweep(AwsCloud cloud, TemporaryFolder project, params string[] more)
    {
        var run = Run.Start("dotnet",
            [Programs.Ops, "sweep", "--region", Region, "--timeout", Patience, "--project", project.Path, .. more], cloud.Environment);
        await run.WaitForExit();
        return run;
    }
}
