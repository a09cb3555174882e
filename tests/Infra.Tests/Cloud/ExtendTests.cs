using System.Globalization;
using Causeway.Blueprint.Naming;
using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Infra.Tests.Cloud;

/// <summary><c>ops extend</c> on a stack as it is registered: its tags are changed, so that a sweep right after leaves it alone.</summary>
public sealed class ExtendTests
{
    private const string Region = "us-east-1";
    private const string Expired = "2026-11-14";

    private static readonly Plan Demo = Stacks.Named("demo1", ("region", Region), ("expires", Expired));

    // Two weeks ahead, also when the day changes meanwhile.
    private static string[] InTwoWeeks(DateTime before) => [.. new[] { before, DateTime.UtcNow }
        .Select(time => DateOnly.FromDateTime(time).AddDays(14).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Distinct()];

    private static bool Is(CloudResource resource, string stack) => resource.Tags.GetValueOrDefault(StackTags.StackTag) == stack;

    // Rules, and the group that came with the VPC, have tags of their own: the sweep does not go by them, and pulumi up sets their day.
    private static bool GoesWithAnother(CloudResource resource) => resource is CloudGroupRule or CloudGroup { IsDefault: true };

    private static List<CloudResource> Of(AwsCloud cloud, string stack) =>
        [.. cloud.All.Where(resource => Is(resource, stack) && !GoesWithAnother(resource))];

    [Fact]
    public async Task An_expired_demo_is_kept_by_one_command_and_nothing_else_is_touched()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        await Stacks.StandUpAsync(
            cloud, "live", ("region", Region), ("domain", "live.example.org"), ("stage", "production"), ("expires", ""));
        await Stacks.StandUpAsync(cloud, "demo2", ("region", Region), ("domain", "two.example.org"), ("expires", Expired));
        ForeignNetwork.In(cloud.In(Region).Ec2);
        var others = cloud.All.Where(resource => !Is(resource, "demo1") || GoesWithAnother(resource))
            .ToDictionary(resource => resource, resource => resource.Tags.ToDictionary());
        var before = Of(cloud, "demo1").ToDictionary(resource => resource, resource => resource.Tags.ToDictionary());
        using var line = new CommandLine(cloud);
        line.Write(Demo);

        await using var due = await line.Ops("sweep", "--stack", "demo1");
        Assert.Equal(1, due.ExitCode);

        var begun = DateTime.UtcNow;
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        var day = InTwoWeeks(begun).Single(day =>
            run.Output.Contains($"expires on {day} (in 14 days; was {Expired})", StringComparison.Ordinal));
        Assert.Contains($"causeway:expires: \"{day}\" # until the fair\n", line.Read("demo1"), StringComparison.Ordinal);
        Assert.Contains("secure: v1:abc\n", line.Read("demo1"), StringComparison.Ordinal);

        // Every resource, whichever service it is of, and no other tag of it.
        Assert.All(before, pair =>
        {
            pair.Value[StackTags.ExpiresTag] = day;
            Assert.Equal(pair.Value, pair.Key.Tags.ToDictionary());
        });
        Assert.All(others, pair => Assert.Equal(pair.Value, pair.Key.Tags.ToDictionary()));
        Assert.Empty(cloud.Server.Faults);

        await using var sweep = await line.Ops("sweep", "--region", Region, "--json");
        Assert.Contains($"it expires after {day}", sweep.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(cloud.Server.Asked, action =>
            action.Contains("Delete", StringComparison.Ordinal) || action.Contains("Terminate", StringComparison.Ordinal));
    }

    /// <summary>Alarms of health checks and their topic are in us-east-1, wherever the stack is.</summary>
    [Fact]
    public async Task A_stack_elsewhere_is_kept_with_what_it_has_in_us_east_1()
    {
        await using var cloud = await AwsCloud.StartAsync();
        var plan = Stacks.Named("demo1", ("expires", Expired), ("alarmEmail", "ops@example.org"));
        (await Registered.From(plan)).StandUp(cloud);
        Assert.Contains(Of(cloud, "demo1"), resource => resource.Region == "eu-central-1");
        Assert.Contains(Of(cloud, "demo1"), resource => resource.Arn.Contains(":cloudwatch:us-east-1:", StringComparison.Ordinal));
        using var line = new CommandLine(cloud);
        line.Write(plan);
        await using var run = await line.Ops("extend", "demo1", "--days", "3");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.All(Of(cloud, "demo1"), resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));
        Assert.Empty(cloud.Server.Faults);
    }

    [Fact]
    public async Task Where_the_file_is_lost_the_tags_alone_are_changed()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        using var line = new CommandLine(cloud);
        await using var unsaid = await line.Ops("extend", "demo1");
        Assert.Equal(1, unsaid.ExitCode);
        Assert.Contains("if the file is lost, pass the region", unsaid.Errors, StringComparison.Ordinal);

        await using var elsewhere = await line.Ops("extend", "demo1", "--region", "eu-central-1");
        Assert.Equal("", elsewhere.Output);
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("stack 'demo1' not found in account 123456789012, eu-central-1", elsewhere.Errors, StringComparison.Ordinal);

        var begun = DateTime.UtcNow;
        await using var run = await line.Ops("extend", "demo1", "--region", Region);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.False(line.Has("demo1"));
        var days = InTwoWeeks(begun);
        Assert.All(Of(cloud, "demo1"), resource => Assert.Contains(resource.Tags[StackTags.ExpiresTag], days));
    }

    [Fact]
    public async Task A_later_day_of_another_checkout_stays()
    {
        await using var cloud = await AwsCloud.StartAsync();
        await Stacks.StandUpAsync(cloud, "demo1", ("region", Region), ("expires", "2099-12-31"));
        using var line = new CommandLine(cloud);
        line.Write(Demo);
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("causeway:expires: \"2099-12-31\"", line.Read("demo1"), StringComparison.Ordinal);
        await using var sooner = await line.Ops(
            "extend",
            "demo1",
            "--until",
            DateOnly.FromDateTime(DateTime.UtcNow).AddDays(3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal(2, sooner.ExitCode);
        Assert.Contains("is before the current expiry, 2099-12-31", sooner.Errors, StringComparison.Ordinal);
        Assert.All(Of(cloud, "demo1"), resource => Assert.Equal("2099-12-31", resource.Tags[StackTags.ExpiresTag]));
    }

    /// <summary>The file says demo and the account production: whose mistake it is cannot be known here.</summary>
    [Fact]
    public async Task A_production_stack_in_the_account_is_refused_and_nothing_is_changed()
    {
        await using var cloud = await AwsCloud.StartAsync();
        await Stacks.StandUpAsync(cloud, "demo1", ("region", Region), ("stage", "production"), ("expires", ""));
        using var line = new CommandLine(cloud);
        line.Write(Demo);
        var file = line.Read("demo1");
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("is a production stack, which has no expiry; nothing was changed", run.Errors, StringComparison.Ordinal);
        Assert.Equal(file, line.Read("demo1"));
        Assert.All(Of(cloud, "demo1"), resource => Assert.DoesNotContain(StackTags.ExpiresTag, resource.Tags.Keys));
    }

    [Fact]
    public async Task What_is_refused_is_named_and_the_stack_is_kept_by_the_rest()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        cloud.Injected.Refused.UnionWith(["iam:TagRole", "tag:TagResources"]);
        cloud.Injected.Throttle("ec2:CreateTags", first: 2);
        using var line = new CommandLine(cloud);
        line.Write(Demo);
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "some tags are unchanged (the sweep uses the latest day of a stack's resources, so the stack is kept); pulumi up sets them:\n",
            run.Errors,
            StringComparison.Ordinal);
        Assert.Contains($"\n  IAM role {Demo.Roles[0].Name}: missing permission iam:TagRole", run.Errors, StringComparison.Ordinal);
        Assert.Contains($"\n  bucket {Demo.Buckets[0].Name}: missing permission tag:TagResources", run.Errors, StringComparison.Ordinal);
        Assert.All(Of(cloud, "demo1").OfType<Ec2Resource>(), resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));

        await using var sweep = await line.Ops("sweep", "--stack", "demo1", "--json");
        await using var all = await line.Ops("sweep", "--json");
        Assert.Contains("it expires after ", all.Output, StringComparison.Ordinal);
        Assert.Equal(0, all.ExitCode);

        // Once more, with the rights: what was left is done.
        cloud.Injected.Refused.Clear();
        await using var again = await line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
        Assert.All(Of(cloud, "demo1"), resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));
    }

    [Fact]
    public async Task What_goes_meanwhile_is_no_failure()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        var gone = 0;
        cloud.Injected.Before = call =>
        {
            if (call.Action == "ec2:CreateTags" && Interlocked.Exchange(ref gone, 1) == 0)
                cloud.Server.Locked(() =>
                {
                    var logs = cloud.In(Region).Ec2.FlowLogs;
                    logs.Remove(logs.All[0]);
                    return true;
                });
            return Task.CompletedTask;
        };
        using var line = new CommandLine(cloud);
        line.Write(Demo);
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(1, gone);
        Assert.All(Of(cloud, "demo1"), resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));
    }

    [Fact]
    public async Task Another_stacks_file_says_whose_credentials_and_never_where_the_stack_is()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        using var line = new CommandLine(cloud);
        line.Write(Demo);
        line.Write("shared", "config:\n  causeway:region: eu-central-1\n");
        await using var run = await line.Ops("extend", "demo1", "--settings", "shared");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.All(Of(cloud, "demo1"), resource => Assert.NotEqual(Expired, resource.Tags[StackTags.ExpiresTag]));
        await using var wrong = await line.Ops("extend", "demo1", "--region", "eu-central-1");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Equal("ops: --region: eu-central-1 differs from the stack's, us-east-1; omit it\n", wrong.Errors);
    }

    /// <summary>AWS shows a changed tag late; the command ends when a sweep would see it.</summary>
    [Fact]
    public async Task A_sweep_right_after_sees_the_new_day_although_AWS_shows_it_late()
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        cloud.Injected.ReadsUntilTagsShow = 2;
        using var line = new CommandLine(cloud);
        line.Write(Demo);
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        await using var sweep = await line.Ops("sweep", "--json");
        Assert.Equal(0, sweep.ExitCode);
        Assert.Contains("it expires after ", sweep.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "aws:allowedAccountIds:\n    - \"210987654321\"\n",
        "the credentials belong to account 123456789012, which isn't in aws:allowedAccountIds (210987654321)")]
    public async Task Another_account_is_not_touched(string setting, string reason)
    {
        await using var cloud = await AwsCloud.StartAsync();
        (await Registered.From(Demo)).StandUp(cloud);
        using var line = new CommandLine(cloud);
        line.Write("demo1", $"config:\n  causeway:region: {Region}\n  causeway:expires: \"{Expired}\"\n  {setting}");
        await using var run = await line.Ops("extend", "demo1");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.All(Of(cloud, "demo1"), resource => Assert.Equal(Expired, resource.Tags[StackTags.ExpiresTag]));
        Assert.Equal(["sts:GetCallerIdentity"], cloud.Server.Asked.Distinct());
    }
}
