using System.Text.Json;
using Causeway.Blueprint.Cost;
using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Infra.Tests.Cloud;

/// <summary><c>ops list</c> on registered stacks.</summary>
public sealed class ListTests
{
    private const string Region = "us-east-1";

    private static readonly DateTimeOffset Made = DateTimeOffset.UtcNow.AddDays(-40);

    private static async Task<AwsCloud> WithStacksAsync()
    {
        var cloud = await AwsCloud.StartAsync();
        await Stacks.StandUpAsync(cloud, Made, "demo1", ("region", Region), ("expires", "2026-11-14"));
        await Stacks.StandUpAsync(cloud, Made, "bare", ("region", Region), ("domain", ""), ("hostedZone", ""), ("expires", "2099-12-31"));
        await Stacks.StandUpAsync(cloud, Made, "live", ("domain", "live.example.org"), ("stage", "production"), ("expires", ""));
        ForeignNetwork.In(cloud.In(Region).Ec2);
        return cloud;
    }

    [Fact]
    public async Task Every_stack_of_the_regions_is_listed_with_the_values_of_its_tags()
    {
        await using var cloud = await WithStacksAsync();
        using var line = new CommandLine(cloud);
        await using var run = await line.Ops("list", "--region", Region, "--region", "eu-central-1", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("123456789012", json.RootElement.GetProperty("account").GetString());
        var stacks = json.RootElement.GetProperty("stacks").EnumerateArray().ToDictionary(stack => stack.GetProperty("name").GetString()!);
        Assert.Equal(["bare", "demo1", "live"], stacks.Keys.Order());

        var demo = stacks["demo1"];
        Assert.Equal(("demo", Region, "2026-11-14"), (Text(demo, "stage"), Text(demo, "region"), Text(demo, "expires")));
        var daysLeft = new DateOnly(2026, 11, 14).DayNumber - DateOnly.FromDateTime(DateTime.UtcNow).DayNumber;
        Assert.Equal(daysLeft, demo.GetProperty("daysLeft").GetInt32(), tolerance: 1);
        Assert.Equal("call.example.org", Text(demo, "address"));
        Assert.Equal(40, demo.GetProperty("ageDays").GetInt32());
        Assert.Equal(
            Stacks.Named("demo1", ("region", Region)).Generation,
            Assert.Single(demo.GetProperty("generations").EnumerateArray()).GetString());

        // The plan's cost, without the secret that the host creates later.
        var plan = Stacks.Named("demo1", ("region", Region));
        var secrets = plan.Secrets.Count(secret => secret.MadeByHost);
        Assert.Equal(CostEstimate.Of(plan).MonthlyUsd - (secrets * 0.40m), demo.GetProperty("monthlyUsd").GetDecimal());

        // Without a domain its address is signalling's.
        var address = cloud.In(Region).Ec2.Addresses.All.Single(one => one.Tags.GetValueOrDefault("Name") == "causeway-bare-signalling");
        Assert.Equal((address.PublicIp, "2099-12-31"), (Text(stacks["bare"], "address"), Text(stacks["bare"], "expires")));
        Assert.Equal(("production", "eu-central-1"), (Text(stacks["live"], "stage"), Text(stacks["live"], "region")));
        Assert.False(stacks["live"].TryGetProperty("expires", out _));

        // It only looks.
        Assert.DoesNotContain(cloud.Server.Asked, action => !Looks(action));
        Assert.Empty(cloud.Server.Faults);

        static string? Text(JsonElement stack, string name) => stack.GetProperty(name).GetString();
        static bool Looks(string action) =>
            new[] { "Describe", "List", "Get" }.Any(read => action.Split(':')[1].StartsWith(read, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_sees_a_table_and_how_many_days_are_left()
    {
        await using var cloud = await WithStacksAsync();
        using var line = new CommandLine(cloud);
        await using var run = await line.Ops("list", "--region", Region);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"Stacks in account 123456789012, {Region}", run.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"│ demo1 +│ us-east-1 +│ demo +│ 2026-11-14 \(.* ago\) +│ [0-9a-f]{10} +│ call\.example\.org +│ \S+ \(40 days\)",
            run.Output);
        Assert.Matches(@"│ bare +│ us-east-1 +│ demo +│ 2099-12-31 \(in \d+ days\)", run.Output);
        Assert.Matches(@"\d+\.\d\d USD a month in total", run.Output);
        // The roles and health checks of a stack elsewhere belong to no region.
        Assert.Contains("│ live", run.Output, StringComparison.Ordinal);
        Assert.Contains("never", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "ops: warning: live in eu-central-1: resources in its region are not counted; add --region eu-central-1\n",
            run.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_stacks_says_so()
    {
        await using var cloud = await AwsCloud.StartAsync();
        ForeignNetwork.In(cloud.In(Region).Ec2);
        using var line = new CommandLine(cloud);
        await using var run = await line.Ops("list", "--region", Region);
        Assert.Equal((0, $"No stacks in account 123456789012, {Region}\n", ""), (run.ExitCode, run.Output, run.Errors));
    }

    [Fact]
    public async Task Kinds_that_may_not_be_listed_are_named_and_the_others_shown()
    {
        await using var cloud = await WithStacksAsync();
        cloud.Injected.Refused.Add("ec2:DescribeInstances");
        using var line = new CommandLine(cloud);
        await using var run = await line.Ops("list", "--region", Region, "--region", "eu-central-1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("│ demo1", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"ops: the list may be incomplete:\n  instance in {Region}: missing permission ec2:DescribeInstances\n",
            run.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_credentials_or_a_region_it_says_what_is_missing()
    {
        await using var cloud = await AwsCloud.StartAsync();
        using var line = new CommandLine(cloud);
        await using var region = await line.Ops("list");
        Assert.Equal(2, region.ExitCode);
        Assert.Contains("--region", region.Errors, StringComparison.Ordinal);
        await using var run = Run.Start("dotnet", [Programs.Ops, "list", "--region", Region]);
        await run.WaitForExit();
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("ops: no AWS credentials found", run.Errors, StringComparison.Ordinal);
    }
}
