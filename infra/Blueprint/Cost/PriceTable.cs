namespace Causeway.Blueprint.Cost;

/// <summary>A price and its source.</summary>
/// <param name="Region">The region; <c>*</c> for all.</param>
/// <param name="Usd">US dollars per unit, without tax and free tiers.</param>
/// <param name="Date">When it was published, or read.</param>
public sealed record Price(string Region, string Item, string Unit, decimal Usd, string Source, DateOnly Date);

/// <summary>The prices of estimates. Regions that are missing here get no estimate.</summary>
public static class PriceTable
{
    /// <summary>Hours in a month, as AWS's own calculator counts.</summary>
    public const int HoursInMonth = 730;

    internal const string PublicIpv4 = "public IPv4 address";
    internal const string Disk = "gp3 disk";
    internal const string Secret = "secret";
    internal const string HealthCheck = "health check";
    internal const string HealthCheckHttps = "HTTPS in a health check";
    internal const string Alarm = "alarm";
    internal const string LogIngestion = "log ingestion";
    internal const string TrafficOut = "traffic to the internet";
    private const string OnDemand = "on-demand prices that github.com/aws/karpenter-provider-aws generates from AWS's price list";
    private const string Route53 = "aws.amazon.com/route53/pricing, as github.com/api-evangelist/amazon-route53-resolver transcribed it";

    private static readonly DateOnly ReadOn = new(2026, 11, 22);
    private static readonly DateOnly TranscribedOn = new(2026, 9, 20);

    public static IReadOnlyList<Price> Rows { get; } =
    [
        .. new (string Type, decimal Usd)[]
        {
            ("t3.micro", 0.0104m), ("t3.small", 0.0208m), ("t3.medium", 0.0416m), ("t3.large", 0.0832m), ("t3a.small", 0.0188m),
            ("t4g.micro", 0.0084m), ("t4g.small", 0.0168m), ("t4g.medium", 0.0336m), ("t4g.large", 0.0672m),
            ("c6i.large", 0.0850m), ("c6g.medium", 0.0340m), ("c7i.large", 0.08925m), ("c7g.medium", 0.0363m), ("c7g.large", 0.0725m),
            ("c7a.medium", 0.05132m), ("m7i.large", 0.1008m), ("m7g.medium", 0.0408m), ("c8g.medium", 0.03988m), ("c8g.large", 0.07976m),
        }.Select(row => new Price("us-east-1", row.Type, "hour", row.Usd, OnDemand, new(2026, 7, 20))),
        new("us-east-1", Disk, "GB-month", 0.08m,
            "cloudoptimo.com/blog/everything-you-need-to-know-about-aws-ebs-pricing-and-cost-saving-tips", ReadOn),
        new("us-east-1", TrafficOut, "GB", 0.09m, "egresscost.com/aws: first 10 TB in a month, after 100 GB that are free", ReadOn),
        new("us-east-1", Alarm, "month", 0.10m,
            "AWS's price list as infracost read it (github.com/infracost/infracost/pull/235), standard resolution; "
            + "10 of an account are free",
            new(2020, 11, 23)),
        new("us-east-1", LogIngestion, "GB", 0.50m,
            "AWS's price list as infracost reads it (cloudwatch_log_group_test.golden in github.com/infracost/infracost); "
            + "5 GB of an account are free",
            ReadOn),
        new("*", PublicIpv4, "hour", 0.005m, "doit.com/aws-public-ipv4-price-increase-the-complete-guide", new(2024, 2, 1)),
        new("*", Secret, "month", 0.40m,
            "aws.amazon.com/secrets-manager/pricing, as github.com/api-evangelist/amazon-secrets-manager transcribed it", TranscribedOn),
        new("*", HealthCheck, "month", 0.50m, $"{Route53}; 50 of an account are free", TranscribedOn),
        new("*", HealthCheckHttps, "month", 1.00m, Route53, TranscribedOn),
    ];

    public static IReadOnlyList<string> Regions { get; } =
        [.. Rows.Select(row => row.Region).Where(region => region != "*").Distinct().Order(StringComparer.Ordinal)];

    public static Price? Find(string region, string item) =>
        Rows.FirstOrDefault(row => row.Item == item && (row.Region == region || row.Region == "*"));
}
