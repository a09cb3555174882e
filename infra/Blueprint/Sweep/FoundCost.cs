using System.Globalization;
using Causeway.Blueprint.Cost;

namespace Causeway.Blueprint.Sweep;

/// <summary>What resources cost in a month of which each hour is paid, without traffic, storage of objects and logs, and tax.</summary>
/// <param name="MonthlyUsd">US dollars in a month, of what the price table knows.</param>
/// <param name="Unknown">How many resources cost something that the price table does not know.</param>
public sealed record FoundCost(decimal MonthlyUsd, int Unknown)
{
    /// <summary>The sum of resources' costs.</summary>
    public static FoundCost Of(IEnumerable<FoundResource> resources)
    {
        var costs = resources.Select(Of).ToList();
        return new(costs.Sum(cost => cost ?? 0), costs.Count(cost => cost is null));
    }

    /// <summary>What one resource costs in a month: zero where it costs nothing by itself, null where the price table does not
    /// know.</summary>
    public static decimal? Of(FoundResource resource) => resource.Kind switch
    {
        // One that is stopped, or ends, is not paid for; its disk and its addresses are.
        SweepKinds.Instance when resource.State is not (null or "running" or "pending") => 0,
        SweepKinds.Instance => PriceTable.HoursInMonth * Price(resource, resource.Get(Fact.Type) ?? ""),
        SweepKinds.ElasticIp => PriceTable.HoursInMonth * Price(resource, PriceTable.PublicIpv4),
        SweepKinds.Volume when resource.Get(Fact.Type) == "gp3" => Size(resource) * Price(resource, PriceTable.Disk),
        SweepKinds.Volume => null,
        SweepKinds.Secret => Price(resource, PriceTable.Secret),
        SweepKinds.HealthCheck when resource.Get(Fact.Protocol) == "HTTPS" =>
            Price(resource, PriceTable.HealthCheck) + Price(resource, PriceTable.HealthCheckHttps),
        SweepKinds.HealthCheck => Price(resource, PriceTable.HealthCheck),
        SweepKinds.Alarm => Price(resource, PriceTable.Alarm),
        // Buckets and log groups are paid for by the gigabyte, a stack's with cents; the rest is free.
        _ => 0,
    };

    /// <summary>The sum in words: <c>28.32 USD a month</c>.</summary>
    public override string ToString() => Unknown == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{MonthlyUsd:0.00} USD a month")
        : string.Create(CultureInfo.InvariantCulture,
            $"{MonthlyUsd:0.00} USD a month and {Unknown} {(Unknown == 1 ? "resource" : "resources")} of unknown price");

    private static decimal? Price(FoundResource resource, string item) => PriceTable.Find(resource.Region, item)?.Usd;

    private static decimal? Size(FoundResource resource) =>
        decimal.TryParse(resource.Get(Fact.SizeGb), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
}
