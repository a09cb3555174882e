using System.Globalization;
using Causeway.Blueprint.Cost;

namespace Causeway.Blueprint.Sweep;

/// <summary>What resources cost in a month when they run all hours, without traffic, tax, and storage of objects and logs.</summary>
/// <param name="MonthlyUsd">US dollars in a month, for what is in the price table.</param>
/// <param name="Unknown">The number of resources whose price is not in the table.</param>
public sealed record FoundCost(decimal MonthlyUsd, int Unknown)
{
    public static FoundCost Of(IEnumerable<FoundResource> resources)
    {
        var costs = resources.Select(Of).ToList();
        return new(costs.Sum(cost => cost ?? 0), costs.Count(cost => cost is null));
    }

    /// <summary>What one resource costs in a month; null when its price isn't in the table.</summary>
    public static decimal? Of(FoundResource resource) => resource.Kind switch
    {
        // A stopped instance costs nothing, but its disk and addresses do.
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
        // Buckets and log groups are paid by the gigabyte, cents for a stack. The rest is free.
        _ => 0,
    };

    public override string ToString() => Unknown == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{MonthlyUsd:0.00} USD a month")
        : string.Create(CultureInfo.InvariantCulture,
            $"{MonthlyUsd:0.00} USD a month and {Unknown} {(Unknown == 1 ? "resource" : "resources")} of unknown price");

    private static decimal? Price(FoundResource resource, string item) => PriceTable.Find(resource.Region, item)?.Usd;

    private static decimal? Size(FoundResource resource) =>
        decimal.TryParse(resource.Get(Fact.SizeGb), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
}
