using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.S3;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>A sweep removes all of a registered stack without its state, and nothing else.</summary>
public sealed class SweepTests : IAsyncLifetime
{
    private const string Home = "eu-central-1";

    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await AwsCloud.StartAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    private async Task StandUp(string stack, params (string, string)[] changes) =>
        (await Registered.From(Stacks.Named(stack, changes))).StandUp(_cloud);

    private Task StandUpDemo() => StandUp("dev");

    // Resources with their tags, and zones with their records.
    private HashSet<string> Everything() => _cloud.Server.Locked(() => _cloud.All
        .Where(one => one is not CloudInstance { State: "terminated" })
        .Select(one => $"{one.Arn} {Tags(one)} {Records(one)}")
        .ToHashSet());

    private static string Tags(CloudResource one) =>
        string.Join(' ', one.Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));

    private static string Records(CloudResource one) =>
        one is CloudZone zone ? string.Join(' ', zone.Records.Select(record => $"{record.Name} {record.Type}").Order()) : "";

    [Theory, EveryPlan]
    public async Task A_stack_of_any_settings_is_swept_to_nothing(Plan plan)
    {
        var registered = await Registered.From(plan);
        if (plan.Settings.HostedZone is { } zone)
            _cloud.Zones.Add(new CloudZone { Id = "Z0EXAMPLE", Region = AwsCloud.GlobalRegion, Domain = zone }.WithOwnRecords());
        var before = Everything();
        registered.StandUp(_cloud);
        var stood = Everything();
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Empty(_cloud.Server.Faults);
        Assert.Empty(view.Removal!.Left);
        Assert.True(view.Clean);
        Assert.Equal(plan.Settings.Production ? stood : before, Everything());
    }

    [Fact]
    public async Task Only_expired_demos_are_swept()
    {
        await StandUp("prod", ("stage", "production"), ("expires", ""), ("domain", "talk.example.org"));
        await StandUp("fresh", ("expires", "2027-06-30"), ("domain", "fresh.example.org"));
        await StandUp("dev", ("region", "eu-west-1"), ("domain", "west.example.org"));
        ForeignNetwork.In(_cloud.In(Home).Ec2);
        // All tags but the project's.
        ForeignNetwork.In(_cloud.In(Home).Ec2, new Dictionary<string, string>
        {
            [StackTags.StackTag] = "dev",
            [StackTags.StageTag] = "demo",
            [StackTags.ExpiresTag] = "2026-12-31",
        });
        _cloud.Buckets.Add(new CloudBucket { Id = "causeway-dev-somebodys", Region = Home });
        var others = Everything();
        await StandUpDemo();

        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Empty(_cloud.Server.Faults);
        Assert.True(view.Clean);
        Assert.Equal(others, Everything());
        Assert.Equal(
            [
                ("dev", "eu-central-1", null),
                ("dev", "eu-west-1", "it is in eu-west-1, which was not selected"),
                ("fresh", "eu-central-1", "it expires after 2027-06-30"),
                ("prod", "eu-central-1", "it is a production stack, which is never swept"),
            ],
            view.Stacks.Select(stack => (stack.Name, stack.Region, stack.Spared)));
    }

    [Fact]
    public async Task A_look_changes_nothing_and_shows_everything()
    {
        await StandUpDemo();
        var before = Everything();
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.LookAsync();
        Assert.Equal(before, Everything());
        Assert.False(view.Clean);
        Assert.All(_cloud.Server.Asked.Distinct(), action => Assert.Matches(":(List|Describe|Get)", action));
        var stack = Assert.Single(view.Stacks);
        var found = stack.Resources.GroupBy(one => one.Kind).ToDictionary(same => same.Key, same => same.Count());
        var registered = (await Registered.From(Plans.Of())).Resources.Select(one => one.Type);
        var expected = SweepKinds.All
            .Where(kind => kind.Types.Count > 0)
            .ToDictionary(kind => kind.Name, kind => registered.Count(type => type == kind.Types[0]));
        expected[SweepKinds.Volume] = 1;
        Assert.Equal(expected.OrderBy(pair => pair.Key), found.OrderBy(pair => pair.Key));
        string[] withDates = [SweepKinds.Instance, SweepKinds.Volume, SweepKinds.Secret, SweepKinds.Role];
        Assert.All(stack.Resources.Where(one => withDates.Contains(one.Kind)), one => Assert.NotNull(one.Since));
    }

    [Fact]
    public async Task A_named_demo_is_swept_before_its_day_and_no_other()
    {
        await StandUpDemo();
        var dev = Everything();
        await StandUp("fresh", ("expires", "2027-06-30"), ("domain", "fresh.example.org"));
        using var sweep = await Sweeping.In(_cloud, "fresh");
        var view = await sweep.RemoveAsync();
        Assert.True(view.Clean);
        Assert.Equal(dev, Everything());
    }

    [Fact]
    public async Task A_production_stack_that_is_named_stays()
    {
        await StandUp("prod", ("stage", "production"), ("expires", ""));
        var before = Everything();
        using var sweep = await Sweeping.In(_cloud, "prod");
        var view = await sweep.RemoveAsync();
        Assert.Equal(0, view.Removal!.Removed);
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task Several_regions_are_swept_at_once()
    {
        await StandUpDemo();
        await StandUp("west", ("region", "eu-west-1"), ("domain", "west.example.org"));
        using var sweep = await Sweeping.In(_cloud, regions: [Home, "eu-west-1"]);
        var view = await sweep.RemoveAsync();
        Assert.True(view.Clean);
        Assert.Single(Everything());
    }

    /// <summary>A bucket can be deleted only without old versions, delete markers and unfinished uploads.</summary>
    [Fact]
    public async Task A_bucket_goes_with_everything_in_it()
    {
        await StandUpDemo();
        _cloud.S3.PageSize = 10;
        var bucket = Assert.Single(_cloud.Buckets.All);
        for (var number = 0; number < 35; number++) bucket.Put($"artifacts/{number % 7}", 1);
        for (var number = 0; number < 7; number++) bucket.Delete($"artifacts/{number}");
        for (var number = 0; number < 25; number++) bucket.Uploads[$"upload-{number}"] = "artifacts/x";
        using var sweep = await Sweeping.In(_cloud);
        Assert.True((await sweep.RemoveAsync()).Clean);
        Assert.Empty(_cloud.Server.Faults);
        Assert.Empty(_cloud.Buckets.All);
        Assert.Equal(25, _cloud.Server.Asked.Count(action => action == "s3:AbortMultipartUpload"));
    }

    [Fact]
    public async Task Lists_are_read_to_their_last_page()
    {
        await StandUpDemo();
        (_cloud.Ec2.PageSize, _cloud.Iam.PageSize, _cloud.Tagging.PageSize, _cloud.Route53.PageSize, _cloud.S3.PageSize) = (1, 1, 1, 1, 1);
        using var sweep = await Sweeping.In(_cloud);
        Assert.True((await sweep.RemoveAsync()).Clean);
        Assert.Empty(_cloud.Server.Faults);
        Assert.Single(Everything());
    }

    /// <summary>A failed destroy leaves resources that no longer refer to each other.</summary>
    [Fact]
    public async Task The_remains_of_a_stack_are_found_by_their_tags()
    {
        var tags = StackTags.Of(Plans.Settings()).ToDictionary();
        ForeignNetwork.In(_cloud.In(Home).Ec2, tags);
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Empty(_cloud.Server.Faults);
        Assert.True(view.Clean);
        Assert.Contains(sweep.Told, line => line.StartsWith("deleted launch template", StringComparison.Ordinal));
        Assert.Empty(Everything());
    }

    [Fact]
    public async Task A_second_sweep_has_nothing_to_do()
    {
        await StandUpDemo();
        using (var first = await Sweeping.In(_cloud)) await first.RemoveAsync();
        using var second = await Sweeping.In(_cloud);
        var view = await second.RemoveAsync();
        Assert.True(view.Clean);
        Assert.Empty(view.Stacks);
        Assert.Equal(0, view.Removal!.Removed);
    }
}
