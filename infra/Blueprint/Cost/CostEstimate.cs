using System.Globalization;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Cost;

/// <summary>A part of a stack's cost.</summary>
/// <param name="What">What is paid for.</param>
/// <param name="Quantity">The quantity in a month.</param>
/// <param name="Price">The price.</param>
public sealed record CostLine(string What, decimal Quantity, Price Price)
{
    /// <summary>US dollars in a month.</summary>
    public decimal MonthlyUsd => Quantity * Price.Usd;
}

/// <summary>What a stack costs, or why there is no estimate.</summary>
/// <param name="Lines">What is paid each month without any calls.</param>
/// <param name="PerRelayedGb">The price of each relayed gigabyte, which leaves AWS once; incoming traffic is free. Null without an
/// estimate.</param>
/// <param name="PerLoggedGb">The price of each gigabyte in the log of rejected traffic. Null without an estimate.</param>
/// <param name="Refusal">Why there is no estimate; null when there is one.</param>
public sealed record CostEstimate(IReadOnlyList<CostLine> Lines, Price? PerRelayedGb, Price? PerLoggedGb, string? Refusal)
{
    /// <summary>Gets US dollars in a month, without traffic.</summary>
    public decimal MonthlyUsd => Lines.Sum(line => line.MonthlyUsd);

    /// <summary>Estimates what a plan's resources cost.</summary>
    public static CostEstimate Of(Plan plan)
    {
        var region = plan.Settings.Region;
        if (!PriceTable.Regions.Contains(region))
            return Refused(
                $"region: {region} is not in the price table, so there is no estimate; it knows {string.Join(", ", PriceTable.Regions)}");

        var types = plan.Hosts.Select(host => host.InstanceType).Distinct().ToList();
        if (types.Find(type => PriceTable.Find(region, type) is null) is { } unknown)
            return Refused($"{SettingKey.InstanceType.Name}: {unknown} is not in the price table for {region}, so there is no estimate");

        var lines = new List<CostLine>();
        void Add(string what, decimal quantity, string item) => lines.Add(new(what, quantity, PriceTable.Find(region, item)!));

        foreach (var type in types) Add($"{type}, all hours", PriceTable.HoursInMonth * plan.Hosts.Count(host =>
            host.InstanceType == type), type);
        Add($"{plan.Addresses.Count} Elastic IPs, all hours", PriceTable.HoursInMonth * plan.Addresses.Count, PriceTable.PublicIpv4);
        Add("disks", plan.Hosts.Sum(host => host.DiskGb), PriceTable.Disk);
        Add("secrets", plan.Secrets.Count, PriceTable.Secret);
        Add("health checks", plan.Watch.HealthChecks.Count, PriceTable.HealthCheck);
        Add("health checks over HTTPS", plan.Watch.HealthChecks.Count, PriceTable.HealthCheckHttps);
        Add("alarms", plan.Watch.Alarms.Count, PriceTable.Alarm);
        return new(lines, PriceTable.Find(region, PriceTable.TrafficOut), PriceTable.Find(region, PriceTable.LogIngestion), null);
    }

    /// <summary>The estimate in one line.</summary>
    public override string ToString()
    {
        if (Refusal is not null) return Refusal;
        var since = Lines.Select(line => line.Price).Append(PerRelayedGb!).Append(PerLoggedGb!).Min(price => price.Date);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{MonthlyUsd:0.00} USD a month, {PerRelayedGb!.Usd:0.00##} USD for each relayed GB, and {PerLoggedGb!.Usd:0.00##} USD for "
            + $"each GB of refused traffic's log; prices of {since:yyyy-MM-dd} and later, without tax");
    }

    private static CostEstimate Refused(string why) => new([], null, null, why);
}
