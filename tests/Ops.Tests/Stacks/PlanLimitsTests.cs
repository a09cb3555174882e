using System.Text.Json;

namespace Causeway.Ops.Tests.Stacks;

/// <summary>What <c>ops plan</c> shows about accounts: permissions, quotas, limits and settings of the provider.</summary>
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
    public async Task The_deployers_policy_is_printed_as_JSON()
    {
        await using var run = await PlanAsync("", "--policy");
        Assert.Equal(("", 0), (run.Errors, run.ExitCode));
        using var policy = JsonDocument.Parse(run.Output);
        var text = policy.RootElement.GetProperty("Statement").ToString();
        string[] parts = ["iam:CreateServiceLinkedRole", "ec2:RunInstances", "aws:ResourceTag/causeway:stack", "causeway-dev-us-east-1-*"];
        Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quotas_are_shown_at_rest_and_during_an_update()
    {
        await using var run = await PlanAsync("", "--json");
        using var plan = JsonDocument.Parse(run.Output);
        var quotas = plan.RootElement.GetProperty("quotas").EnumerateArray()
            .Select(quota => $"{quota.GetProperty("code")} {quota.GetProperty("atRest")} {quota.GetProperty("atPeak")}");
        Assert.Equal(["L-1216C47A 2 4", "L-0263D0A3 2 3", "L-F678F1CE 1 2", "L-0EA8095F 7 7"], quotas);
        Assert.Contains("Let's Encrypt issues 5 for the same names in seven days", run.Output, StringComparison.Ordinal);

        await using var tables = await PlanAsync("");
        Assert.Contains("EC2-VPC Elastic IPs", tables.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_certificate_is_noted_with_its_secret()
    {
        await using var run = await PlanAsync("  causeway:keepCertificate: true\n", "--json");
        using var plan = JsonDocument.Parse(run.Output);
        var note = Assert.Single(plan.RootElement.GetProperty("notes").EnumerateArray()).GetString();
        Assert.Contains("causeway/dev/kept-certificate", note, StringComparison.Ordinal);
        var names = plan.RootElement.GetProperty("resources").EnumerateArray()
            .Select(resource => resource.GetProperty("name").GetString()!);
        Assert.DoesNotContain(names, name => name.EndsWith("kept-certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tags_that_do_not_fit_on_some_resources_are_noted()
    {
        var tags = string.Concat(Enumerable.Range(1, 7).Select(number => $"    tag{number}: value\n"));
        await using var run = await PlanAsync($"  causeway:tags:\n{tags}", "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "tags: tag6, tag7 are omitted from each bucket object and each health check, which can have 10 tags", run.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "  aws:alowedAccountIds:\n    - \"1\"\n",
        "aws:alowedAccountIds: is not a setting of the AWS provider that this program passes on")]
    [InlineData("  aws:region: eu-west-1\n", "aws:region: eu-west-1 differs from causeway:region, us-east-1")]
    [InlineData(
        "  aws:defaultTags:\n    tags: { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' }\n",
        "aws:defaultTags: 6 tags are too many: a health check has 11 tags then, and AWS allows 10")]
    public async Task Settings_of_the_provider_that_pulumi_up_rejects_are_rejected(string more, string line)
    {
        await using var run = await PlanAsync(more);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(line, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_provider_are_read_in_the_format_of_pulumi()
    {
        await using var run = await PlanAsync("""
              aws:profile: calls
              aws:allowedAccountIds:
                - "123456789012"
              aws:secretKey:
                secure: v1:abc

            """, "--json");
        Assert.Equal(("", 0), (run.Errors, run.ExitCode));
    }
}
