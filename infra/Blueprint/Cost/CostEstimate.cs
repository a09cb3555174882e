using System.Globalization;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Cost;

/// <summary>A part of a stack's cost.</summary>
/// <param name="Quantity">The quantity in a month.</param>
public sealed record CostLine(string What, decimal Quantity, Price Price)
{
    public decimal MonthlyUsd => Quantity * Price.Usd;
}

/// <summary>What a stack costs, or why there is no estimate.</summary>
/// <param name="Lines">What is paid each month without any calls.</param>
/// <param name="PerRelayedGb">
/// The price of each relayed gigabyte, which leaves AWS once; incoming traffic is free. Null without an estimate.
/// </param>
/// <param name="PerLoggedGb">The price of each gigabyte in the log of rejected traffic. Null without an estimate.</param>
/// <param name="Refusal">Why there is no estimate; null when there is one.</param>
public sealed record CostEstimate(IReadOnlyList<CostLine> Lines, Price? PerRelayedGb, Price? PerLoggedGb, string? Refusal = null)
{
    /// <summary>Gets US dollars in a month, without traffic.</summary>
    public decimal MonthlyUsd => Lines.Sum(line => line.MonthlyUsd);

    public static CostEstimate Of(Plan plan)
    {
        var region = plan.Settings.Region;
        if (!PriceTable.Regions.Contains(region))
        {
            var known = string.Join(", ", PriceTable.Regions);
            return Refused($"region: {region} is not in the price table, so there is no estimate; it knows {known}");
        }
        var types = plan.Hosts.CountBy(host => host.InstanceType).ToList();
        if (types.Find(type => PriceTable.Find(region, type.Key) is null).Key is { } unknown)
            return Refused($"{SettingKey.InstanceType.Name}: {unknown} is not in the price table for {region}, so there is no estimate");

        var checks = plan.Watch.HealthChecks.Count;
        return new(
            [
                .. types.Select(type => Line($"{type.Key}, all hours", PriceTable.HoursInMonth * type.Value, type.Key)),
                Line($"{plan.Addresses.Count} Elastic IPs, all hours",
                    PriceTable.HoursInMonth * plan.Addresses.Count, PriceTable.PublicIpv4),
                Line("disks", plan.Hosts.Sum(host => host.DiskGb), PriceTable.Disk),
                Line("secrets", plan.Secrets.Count, PriceTable.Secret),
                Line("health checks", checks, PriceTable.HealthCheck),
                Line("health checks over HTTPS", checks, PriceTable.HealthCheckHttps),
                Line("alarms", plan.Watch.Alarms.Count, PriceTable.Alarm),
            ],
            PriceTable.Find(region, PriceTable.TrafficOut),
            PriceTable.Find(region, PriceTable.LogIngestion));

        CostLine Line(string what, decimal quantity, string item) => new(what, quantity, PriceTable.Find(region, item)!);
    }

    public override string ToString()
    {
        if (Refusal is not null) return Refusal;
        var since = Lines.Select(line => line.Price).Append(PerRelayedGb!).Append(PerLoggedGb!).Min(price => price.Date);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{MonthlyUsd:0.00} USD a month, {PerRelayedGb!.Usd:0.00##} USD for each relayed GB, "
            + $"and {PerLoggedGb!.Usd:0.00##} USD for each GB of refused traffic's log; "
            + $"prices of {since:yyyy-MM-dd} and later, without tax");
    }

    private static CostEstimate Refused(string why) => new([], null, null, why);
}
