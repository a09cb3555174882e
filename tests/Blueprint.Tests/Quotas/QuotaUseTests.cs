using Causeway.Blueprint.Quotas;

namespace Causeway.Blueprint.Tests.Quotas;

public class QuotaUseTests
{
    private static readonly QuotaNeed Addresses = QuotaNeed.Of(Plans.Of()).Single(need => need.Code == QuotaNeed.ElasticIps);

    [Theory]
    // Two at rest and three in an update, of five.
    [InlineData(0, 0, 3)]
    [InlineData(2, 0, 5)]
    [InlineData(2, 2, 5)]
    // Two generations left by updates that failed: the next is the fifth of this stack.
    [InlineData(0, 4, 5)]
    public void The_peak_counts_what_others_use_and_what_failed_updates_left(int others, int own, int peak)
    {
        var use = new QuotaUse(Addresses, 5, others, own);
        Assert.Equal(peak, use.Peak);
        Assert.Null(use.Mistake("eu-central-1"));
        Assert.NotNull((use with { Limit = peak - 1 }).Mistake("eu-central-1"));
    }

    [Fact]
    public void A_quota_that_is_too_small_is_reported_with_the_request_for_more() => Assert.Equal(
        "EC2-VPC Elastic IPs: the account's limit is 5 in eu-central-1, and an update needs 7: 4 in use by others and 3 "
        + "for this stack. Free some, or request an increase:\n"
        + "  aws service-quotas request-service-quota-increase --region eu-central-1 --service-code ec2 "
        + "--quota-code L-0263D0A3 --desired-value 7",
        $"{new QuotaUse(Addresses, 5, 4, 2).Mistake("eu-central-1")}");

    [Fact]
    public void A_mistake_about_vCPUs_names_the_setting_that_decides_them()
    {
        var cores = QuotaNeed.Of(Plans.Of(("instanceType", "t3.xlarge")))[0];
        Assert.StartsWith(
            "instanceType: the account's limit is 5 in eu-central-1 (Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances), "
            + "and an update needs 8: 0 in use by others and 8 for this stack. Choose a smaller one",
            $"{new QuotaUse(cores, 5, 0, 0).Mistake("eu-central-1")}", StringComparison.Ordinal);
    }

    [Fact]
    public void If_the_use_is_unknown_the_stack_itself_must_fit()
    {
        Assert.Null(new QuotaUse(Addresses, 3, null, null).Mistake("eu-central-1"));
        var mistake = $"{new QuotaUse(Addresses, 2, null, null).Mistake("eu-central-1")}";
        Assert.Contains("an update needs 3: 3 for this stack", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void EC2_tells_the_vCPUs_of_a_type_whose_name_does_not()
    {
        var plan = Plans.Of(("instanceType", "c7g.metal"), ("architecture", "arm64"));
        Assert.Null(QuotaNeed.Of(plan)[0].AtPeak);
        Assert.Equal(128, QuotaNeed.Of(plan, new Dictionary<string, int> { ["c7g.metal"] = 64 })[0].AtPeak);
    }
}
