using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Sweep;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Causeway.Ops.Sweep;

/// <summary>The findings and the outcome of a sweep.</summary>
/// <param name="Account">The account's number.</param>
/// <param name="Regions">The selected regions.</param>
/// <param name="Stacks">The stacks, first those to sweep.</param>
/// <param name="InDoubt">Resources that may belong to a stack, and are never deleted.</param>
/// <param name="NotLooked">What couldn't be listed, with reasons.</param>
/// <param name="MonthlyUsd">The monthly cost of the stacks to sweep, without unknown prices.</param>
/// <param name="Removal">The outcome; null for a dry run.</param>
internal sealed record SweepView(
    string Account,
    IReadOnlyList<string> Regions,
    IReadOnlyList<SweepView.StackRow> Stacks,
    IReadOnlyList<SweepView.ResourceRow> InDoubt,
    IReadOnlyList<string> NotLooked,
    decimal MonthlyUsd,
    SweepView.RemovalRow? Removal)
{
    /// <summary>A stack.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="Region">The region of its settings.</param>
    /// <param name="Stage">The stage; null if no resource has one.</param>
    /// <param name="Expires">The day after which it may be swept.</param>
    /// <param name="Since">The time when its oldest resource was created.</param>
    /// <param name="Tags">The other tags that all of its resources have, such as its owner.</param>
    /// <param name="Spared">Why it isn't swept; null if it is.</param>
    /// <param name="MonthlyUsd">The monthly cost, without unknown prices.</param>
    /// <param name="UnknownPrices">The number of resources whose cost is unknown.</param>
    /// <param name="Resources">The resources to delete; empty if it isn't swept.</param>
    public sealed record StackRow(
        string Name,
        string Region,
        string? Stage,
        DateOnly? Expires,
        DateTimeOffset? Since,
        IReadOnlyDictionary<string, string> Tags,
        string? Spared,
        decimal MonthlyUsd,
        int UnknownPrices,
        IReadOnlyList<ResourceRow> Resources)
    {
        /// <summary>The row of a found stack.</summary>
        /// <param name="stack">The stack.</param>
        /// <param name="spared">Why it isn't swept; null if it is.</param>
        /// <param name="taken">The resources that count, in the order of their deletion.</param>
        public static StackRow Of(FoundStack stack, string? spared, IReadOnlyList<FoundResource> taken)
        {
            var cost = FoundCost.Of(taken);
            return new(
                stack.Name, stack.Region, stack.Stage, stack.Expires, stack.Since, stack.OtherTags, spared, cost.MonthlyUsd, cost.Unknown,
                spared is null ? [.. taken.Select(one => ResourceRow.Of(one))] : []);
        }
    }

    /// <summary>A resource.</summary>
    /// <param name="Kind">The kind.</param>
    /// <param name="Name">The name.</param>
    /// <param name="Id">The id in AWS's API.</param>
    /// <param name="Region">The region.</param>
    /// <param name="Since">The time when it was created.</param>
    /// <param name="State">The state, or the values of a record or an address.</param>
    /// <param name="MonthlyUsd">The monthly cost; null if unknown.</param>
    /// <param name="Reason">Why it isn't deleted; null if it is.</param>
    /// <param name="Commands">The commands that delete it by hand, in a working order; null if it is deleted.</param>
    public sealed record ResourceRow(
        string Kind,
        string Name,
        string Id,
        string Region,
        DateTimeOffset? Since,
        string? State,
        decimal? MonthlyUsd,
        string? Reason,
        IReadOnlyList<string>? Commands)
    {
        public static ResourceRow Of(FoundResource found, string? reason = null) => new(
            found.Kind, found.Name, found.Id, found.Region, found.Since, found.State, FoundCost.Of(found), reason,
            reason is null ? null : SweepKinds.Commands(found));
    }

    /// <summary>The outcome of a sweep.</summary>
    /// <param name="Removed">The number of deleted resources.</param>
    /// <param name="Left">The resources that were not deleted, with reasons, in the order of their deletion.</param>
    /// <param name="Requests">The number of requests, including the search.</param>
    /// <param name="Seconds">The duration.</param>
    public sealed record RemovalRow(int Removed, IReadOnlyList<ResourceRow> Left, int Requests, double Seconds);

    /// <summary>Gets whether nothing is to be deleted or in doubt.</summary>
    [JsonIgnore]
    public bool Clean => InDoubt.Count == 0 && NotLooked.Count == 0
        && (Removal?.Left ?? Due.SelectMany(stack => stack.Resources)).All(_ => false);

    /// <summary>Gets the stacks to sweep.</summary>
    [JsonIgnore]
    public IEnumerable<StackRow> Due => Stacks.Where(stack => stack.Spared is null);

    public string Json() => JsonSerializer.Serialize(this, JsonFormat.Settings);

    /// <summary>The findings as tables.</summary>
    public IEnumerable<IRenderable> Tables()
    {
        foreach (var stack in Due)
        {
            yield return PlainConsole.Table(
                $"{stack.Name} in {stack.Region}: {stack.Stage}, "
                    + $"expires after {Day(stack.Expires)}, since {Day(stack.Since)}{Whose(stack.Tags)}",
                ["Kind", "Name", "Id, state", "Region", "Since", "USD/month"],
                [
                    .. stack.Resources.Select(one => (string[])
                    [
                        one.Kind, one.Name, IdAndState(one), one.Region == stack.Region ? "" : one.Region, Day(one.Since),
                        Usd(one.MonthlyUsd),
                    ]),
                    [Count(stack.Resources.Count, "resource"), "", "", "", "", Sum(stack.MonthlyUsd, stack.UnknownPrices)],
                ]);
        }
        if (Stacks.Any(stack => stack.Spared is not null))
        {
            yield return PlainConsole.Table(
                "Not swept",
                ["Stack", "Region", "Stage", "Expires after", "Since", "USD/month", "Reason"],
                Stacks.Where(stack => stack.Spared is not null).Select(stack => (string[])
                [
                    stack.Name, stack.Region, stack.Stage ?? "", Day(stack.Expires), Day(stack.Since),
                    Sum(stack.MonthlyUsd, stack.UnknownPrices), stack.Spared!,
                ]));
        }
        if (InDoubt.Count > 0) yield return Reasons("In doubt, so not deleted", InDoubt);
        foreach (var missed in NotLooked) yield return new Text($"{missed}\n");
        var (due, resources) = (Due.ToList(), Due.Sum(stack => stack.Resources.Count));
        yield return new Text(due.Count == 0
            ? $"Nothing to sweep in account {Account}, {string.Join(", ", Regions)}\n"
            : $"{Count(resources, "resource")} of {Count(due.Count, "stack")} in account {Account}, "
                + $"{Sum(MonthlyUsd, due.Sum(stack => stack.UnknownPrices))} USD a month\n");
    }

    /// <summary>The outcome as tables.</summary>
    public IEnumerable<IRenderable> Outcome()
    {
        if (Removal is not { } removal) yield break;
        if (removal.Left.Count > 0) yield return Reasons("Not deleted", removal.Left);
        var pace = string.Create(CultureInfo.InvariantCulture, $"{removal.Requests} requests in {removal.Seconds:0.0} s");
        yield return new Text($"Deleted {Count(removal.Removed, "resource")}, {removal.Left.Count} left; {pace}\n");
    }

    private static Table Reasons(string title, IReadOnlyList<ResourceRow> rows) => PlainConsole.Table(
        title,
        ["Kind", "Name", "Region", "Reason", "To delete it by hand"],
        rows.Select(one => (string[])[one.Kind, one.Name, one.Region, one.Reason!, string.Join('\n', one.Commands!)]));

    private static string Whose(IReadOnlyDictionary<string, string> tags) =>
        string.Concat(tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $", {tag.Key}={tag.Value}"));

    // Without ids that only repeat the name.
    private static string IdAndState(ResourceRow row)
    {
        var repeats = row.Id == row.Name || row.Kind == SweepKinds.Record || row.Id.StartsWith("arn:", StringComparison.Ordinal);
        return string.Join(", ", new[] { repeats ? null : row.Id, row.State }.Where(part => !string.IsNullOrEmpty(part)));
    }

    private static string Day(DateOnly? day) => day is { } known ? IsoDay.Text(known) : "";

    private static string Day(DateTimeOffset? time) => time is { } known ? IsoDay.Text(DateOnly.FromDateTime(known.UtcDateTime)) : "";

    private static string Usd(decimal? usd) => usd switch
    {
        null => "?",
        0 => "",
        { } known => known.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static string Sum(decimal usd, int unknown) =>
        usd.ToString("0.00", CultureInfo.InvariantCulture) + (unknown == 0 ? "" : $" and {unknown} unknown");

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
