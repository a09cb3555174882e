using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Naming;
using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Infra.Tests.Cloud;

/// <summary><c>ops extend</c> changes a stack's tags, so that a sweep right after it spares the stack.</summary>
public sealed class ExtendTests : IAsyncLifetime
{
    private const string Region = "us-east-1";
    private const string Expired = "2026-11-14";

    private static readonly Plan Demo = Stacks.Named("demo1", ("region", Region), ("expires", Expired));

    private AwsCloud _cloud = null!;
    private CommandLine _line = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        _line = new(_cloud);
    }

    public async ValueTask DisposeAsync()
    {
        _line.Dispose();
        await _cloud.DisposeAsync();
    }

    private async Task StandUpDemoAsync()
    {
        (await Registered.From(Demo)).StandUp(_cloud);
        _line.Write(Demo);
    }

    // Midnight may pass while the command runs.
    private static string[] InTwoWeeks(DateTime before) =>
        [.. new[] { before, DateTime.UtcNow }.Select(time => IsoDay.Text(DateOnly.FromDateTime(time).AddDays(14))).Distinct()];

    private static bool IsOfDemo(CloudResource resource) => resource.Tags.GetValueOrDefault(StackTags.StackTag) == "demo1";

    // The sweep ignores the tags of rules and of a VPC's default group; pulumi up changes them.
    private static bool IsExtended(CloudResource resource) => resource is not (CloudGroupRule or CloudGroup { IsDefault: true });

    private List<CloudResource> OfDemo => [.. _cloud.All.Where(resource => IsOfDemo(resource) && IsExtended(resource))];

    private void AssertExtended() =>
        Assert.All(OfDemo, resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));

    [Fact]
    public async Task One_command_extends_an_expired_demo_and_changes_nothing_else()
    {
        await StandUpDemoAsync();
        await Stacks.StandUpAsync(
            _cloud, "live", ("region", Region), ("domain", "live.example.org"), ("stage", "production"), ("expires", ""));
        await Stacks.StandUpAsync(_cloud, "demo2", ("region", Region), ("domain", "two.example.org"), ("expires", Expired));
        ForeignNetwork.In(_cloud.In(Region).Ec2);
        var others = _cloud.All.Except(OfDemo).ToDictionary(resource => resource, resource => resource.Tags.ToDictionary());
        var before = OfDemo.ToDictionary(resource => resource, resource => resource.Tags.ToDictionary());

        await using var due = await _line.Ops("sweep", "--stack", "demo1");
        Assert.Equal(1, due.ExitCode);

        var begun = DateTime.UtcNow;
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        var day = Assert.Single(
            InTwoWeeks(begun), day => run.Output.Contains($"expires on {day} (in 14 days; was {Expired})", StringComparison.Ordinal));
        Assert.Contains($"causeway:expires: \"{day}\" # until the fair\n", _line.Read("demo1"), StringComparison.Ordinal);
        Assert.Contains("secure: v1:abc\n", _line.Read("demo1"), StringComparison.Ordinal);

        // Every resource of every service has the new day, and all other tags are as before.
        Assert.All(before, pair =>
        {
            pair.Value[StackTags.ExpiresTag] = day;
            Assert.Equal(pair.Value, pair.Key.Tags.ToDictionary());
        });
        Assert.All(others, pair => Assert.Equal(pair.Value, pair.Key.Tags.ToDictionary()));
        Assert.Empty(_cloud.Server.Faults);

        await using var sweep = await _line.Ops("sweep", "--region", Region, "--json");
        Assert.Contains($"it expires after {day}", sweep.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_cloud.Server.Asked, action =>
            action.Contains("Delete", StringComparison.Ordinal) || action.Contains("Terminate", StringComparison.Ordinal));
    }

    /// <summary>Alarms on health checks and their topic are always in us-east-1.</summary>
    [Fact]
    public async Task A_stack_elsewhere_is_extended_with_its_resources_in_us_east_1()
    {
        var plan = Stacks.Named("demo1", ("expires", Expired), ("alarmEmail", "ops@example.org"));
        (await Registered.From(plan)).StandUp(_cloud);
        Assert.Contains(OfDemo, resource => resource.Region == "eu-central-1");
        Assert.Contains(OfDemo, resource => resource.Arn.Contains(":cloudwatch:us-east-1:", StringComparison.Ordinal));
        _line.Write(plan);
        await using var run = await _line.Ops("extend", "demo1", "--days", "3");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        AssertExtended();
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task If_the_file_is_lost_only_the_tags_are_changed()
    {
        (await Registered.From(Demo)).StandUp(_cloud);
        await using var noRegion = await _line.Ops("extend", "demo1");
        Assert.Equal(1, noRegion.ExitCode);
        Assert.Contains("if the file is lost, pass the region", noRegion.Errors, StringComparison.Ordinal);

        await using var elsewhere = await _line.Ops("extend", "demo1", "--region", "eu-central-1");
        Assert.Equal("", elsewhere.Output);
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("stack 'demo1' not found in account 123456789012, eu-central-1", elsewhere.Errors, StringComparison.Ordinal);

        var begun = DateTime.UtcNow;
        await using var run = await _line.Ops("extend", "demo1", "--region", Region);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.False(_line.Has("demo1"));
        var days = InTwoWeeks(begun);
        Assert.All(OfDemo, resource => Assert.Contains(resource.Tags[StackTags.ExpiresTag], days));
    }

    [Fact]
    public async Task A_later_day_of_another_checkout_stays()
    {
        await Stacks.StandUpAsync(_cloud, "demo1", ("region", Region), ("expires", "2099-12-31"));
        _line.Write(Demo);
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("causeway:expires: \"2099-12-31\"", _line.Read("demo1"), StringComparison.Ordinal);
        var soon = IsoDay.Text(DateOnly.FromDateTime(DateTime.UtcNow).AddDays(3));
        await using var sooner = await _line.Ops("extend", "demo1", "--until", soon);
        Assert.Equal(2, sooner.ExitCode);
        Assert.Contains("is before the current expiry, 2099-12-31", sooner.Errors, StringComparison.Ordinal);
        Assert.All(OfDemo, resource => Assert.Equal("2099-12-31", resource.Tags[StackTags.ExpiresTag]));
    }

    /// <summary>Even if the stack's file says that it is a demo.</summary>
    [Fact]
    public async Task A_production_stack_in_the_account_is_refused_and_nothing_is_changed()
    {
        await Stacks.StandUpAsync(_cloud, "demo1", ("region", Region), ("stage", "production"), ("expires", ""));
        _line.Write(Demo);
        var file = _line.Read("demo1");
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is a production stack, which has no expiry; nothing was changed", run.Errors, StringComparison.Ordinal);
        Assert.Equal(file, _line.Read("demo1"));
        Assert.All(OfDemo, resource => Assert.DoesNotContain(StackTags.ExpiresTag, resource.Tags.Keys));
    }

    [Fact]
    public async Task A_resource_that_may_not_be_tagged_is_reported_and_the_others_keep_the_stack()
    {
        await StandUpDemoAsync();
        _cloud.Injected.Refused.UnionWith(["iam:TagRole", "tag:TagResources"]);
        _cloud.Injected.Throttle("ec2:CreateTags", first: 2);
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "some tags are unchanged (the sweep uses the latest day of a stack's resources, so the stack is kept); pulumi up sets them:\n",
            run.Errors,
            StringComparison.Ordinal);
        Assert.Contains($"\n  IAM role {Demo.Roles[0].Name}: missing permission iam:TagRole", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"\n  bucket {Demo.Buckets[0].Name}: missing permission tag:TagResources", run.Errors, StringComparison.Ordinal);
        Assert.All(OfDemo.OfType<Ec2Resource>(), resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));

        await using var sweep = await _line.Ops("sweep", "--stack", "demo1", "--json");
        await using var all = await _line.Ops("sweep", "--json");
        Assert.Contains("it expires after ", all.Output, StringComparison.Ordinal);
        Assert.Equal(0, all.ExitCode);

        // With the permissions, a second run tags the rest.
        _cloud.Injected.Refused.Clear();
        await using var again = await _line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
        AssertExtended();
    }

    [Fact]
    public async Task A_resource_that_disappears_meanwhile_is_ignored()
    {
        await StandUpDemoAsync();
        var gone = 0;
        _cloud.Injected.Before = call =>
        {
            if (call.Action == "ec2:CreateTags" && Interlocked.Exchange(ref gone, 1) == 0)
                _cloud.Server.Locked(() =>
                {
                    var logs = _cloud.In(Region).Ec2.FlowLogs;
                    logs.Remove(logs.All[0]);
                    return true;
                });
            return Task.CompletedTask;
        };
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(1, gone);
        AssertExtended();
    }

    [Fact]
    public async Task Another_file_gives_credentials_but_never_the_stacks_region()
    {
        await StandUpDemoAsync();
        _line.Write("shared", "config:\n  causeway:region: eu-central-1\n");
        await using var run = await _line.Ops("extend", "demo1", "--settings", "shared");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        AssertExtended();
        await using var wrong = await _line.Ops("extend", "demo1", "--region", "eu-central-1");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Equal("ops: --region: eu-central-1 differs from the stack's, us-east-1; omit it\n", wrong.Errors);
    }

    [Fact]
    public async Task The_command_waits_until_a_sweep_sees_the_new_day()
    {
        await StandUpDemoAsync();
        _cloud.Injected.ReadsUntilTagsShow = 2;
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        await using var sweep = await _line.Ops("sweep", "--json");
        Assert.Equal(0, sweep.ExitCode);
        Assert.Contains("it expires after ", sweep.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_account_is_not_changed()
    {
        await StandUpDemoAsync();
        _line.Write("demo1", $"""
            config:
              causeway:region: {Region}
              causeway:expires: "{Expired}"
              aws:allowedAccountIds:
                - "210987654321"

            """);
        await using var run = await _line.Ops("extend", "demo1");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "the credentials belong to account 123456789012, which isn't in aws:allowedAccountIds (210987654321)",
            run.Errors,
            StringComparison.Ordinal);
        Assert.All(OfDemo, resource => Assert.Equal(Expired, resource.Tags[StackTags.ExpiresTag]));
        Assert.Equal(["sts:GetCallerIdentity"], _cloud.Server.Asked.Distinct());
    }
}
