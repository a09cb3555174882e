using System.Text.Json;

namespace Causeway.Ops.Tests.Stacks;

/// <summary>What <c>ops plan</c> says of the account: rights, quotas, limits, and whose it is.</summary>
public sealed class PlanLimitsTests : IDisposable
{
    private readonly PulumiRecorder _pulumi = new();

    public void Dispose() => _pulumi.Dispose();

    private async Task<Run> PlanAsync(string more, params string[] options)
    {
        _pulumi.Write("Pulumi.dev.yaml", PlannedStack.Settings + more);
        return await _pulumi.Ops(["plan", "dev", .. options]);
    }

    [Fact]
    public async Task The_policy_of_whoever_deploys_is_JSON_and_nothing_else()
    {
        await using var run = await PlanAsync("", "--policy");
        Assert.Equal(("", 0), (run.Errors, run.ExitCode));
        using var policy = JsonDocument.Parse(run.Output);
        var text = policy.RootElement.GetProperty("Statement").ToString();
        Assert.All(["iam:CreateServiceLinkedRole", "ec2:RunInstances", "aws:ResourceTag/causeway:stack", "causeway-dev-us-east-1-*"], part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quotas_are_said_at_rest_and_while_two_generations_are_there()
    {
        await using var run = await PlanAsync("", "--json");
        using var plan = JsonDocument.Parse(run.Output);
        var quotas = plan.RootElement.GetProperty("quotas").EnumerateArray().Select(quota => $"{quota.GetProperty("code")} {quota.GetProperty("atRest")} {quota.GetProperty("atPeak")}");
        Assert.Equal(["L-1216C47A 2 4", "L-0263D0A3 2 3", "L-F678F1CE 1 2", "L-0EA8095F 7 7"], quotas);
        Assert.Contains("Let's Encrypt issues 5 for the same names in seven days", run.Output, StringComparison.Ordinal);

        await using var tables = await PlanAsync("");
        Assert.Contains("EC2-VPC Elastic IPs", tables.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_certificate_is_said_with_the_secret_that_stays()
    {
        await using var run = await PlanAsync("  causeway:keepCertificate: true\n", "--json");
        using var plan = JsonDocument.Parse(run.Output);
        Assert.Contains("causeway/dev/kept-certificate", Assert.Single(plan.RootElement.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(plan.RootElement.GetProperty("resources").EnumerateArray(), resource => resource.GetProperty("name").GetString()!.EndsWith("kept-certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tags_that_some_resources_have_no_room_for_are_said()
    {
        var tags = string.Concat(Enumerable.Range(1, 7).Select(number => $"    tag{number}: value\n"));
        await using var run = await PlanAsync($"  causeway:tags:\n{tags}", "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("tags: tag6, tag7 stay off each bucket object and each health check, which take 10 tags in all", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  aws:alowedAccountIds:\n    - \"1\"\n", "aws:alowedAccountIds: is not a setting of the AWS provider that this program passes on")]
    [InlineData("  aws:region: eu-west-1\n", "aws:region: eu-west-1 differs from causeway:region, us-east-1")]
    [InlineData("  aws:defaultTags:\n    tags: { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' }\n", "aws:defaultTags: 6 tags are too many: a health check has 11 tags then, and AWS allows 10")]
    public async Task What_pulumi_up_refuses_of_the_providers_settings_is_refused_here(string more, string line)
    {
        await using var run = await PlanAsync(more);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(line, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_providers_settings_are_taken_as_pulumi_writes_them()
    {
        await using var run = await PlanAsync("  aws:profile: calls\n  aws:allowedAccountIds:\n    - \"123456789012\"\n  aws:secretKey:\n    secure: v1:abc\n", "--json");
        Assert.Equal(("", 0), (run.Errors, run.ExitCode));
    }
}
