using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Sweep;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Causeway.Ops.Sweep;

/// <summary>What a sweep found, and what came of it.</summary>
/// <param name="Account">The account's number.</param>
/// <param name="Regions">The regions that were asked for.</param>
/// <param name="Stacks">The stacks, those that may be swept first.</param>
/// <param name="InDoubt">What may be a stack's, and cannot be told: it is never removed.</param>
/// <param name="NotLooked">What could not be looked for, and why.</param>
/// <param name="MonthlyUsd">What the stacks that may be swept cost in a month, of what the price table knows.</param>
/// <param name="Removal">What came of the removal; null of a dry run.</param>
internal sealed record SweepView(
    string Account, IReadOnlyList<string> Regions, IReadOnlyList<SweepView.StackRow> Stacks, IReadOnlyList<SweepView.ResourceRow> InDoubt,
    IReadOnlyList<string> NotLooked, decimal MonthlyUsd, SweepView.RemovalRow? Removal)
{
    /// <summary>A stack.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Region">The region of its settings.</param>
    /// <param name="Stage">Its stage; null when no resource says one.</param>
    /// <param name="Expires">The day after which it may be swept.</param>
    /// <param name="Since">When its oldest resource was made.</param>
    /// <param name="Tags">What else all of its resources are tagged with: whose it is.</param>
    /// <param name="Spared">Why it is not swept; null when it may be.</param>
    /// <param name="MonthlyUsd">What it costs in a month, of what the price table knows.</param>
    /// <param name="UnknownPrices">How many of its resources cost something that the table does not know.</param>
    /// <param name="Resources">What it has; empty where it is spared.</param>
    public sealed record StackRow(
        string Name, string Region, string? Stage, DateOnly? Expires, DateTimeOffset? Since, IReadOnlyDictionary<string, string> Tags,
        string? Spared,
        decimal MonthlyUsd, int UnknownPrices, IReadOnlyList<ResourceRow> Resources)
    {
        /// <summary>A stack as it was found.</summary>
        /// <param name="stack">The stack.</param>
        /// <param name="spared">Why it is not swept; null when it may be.</param>
        /// <param name="taken">What of it counts, in the order in which it is removed.</param>
        public static StackRow Of(FoundStack stack, string? spared, IReadOnlyList<FoundResource> taken)
        {
            var cost = FoundCost.Of(taken);
            return new(
                stack.Name, stack.Region, stack.Stage, stack.Expires, stack.Since, stack.OtherTags, spared, cost.MonthlyUsd, cost.Unknown,
                spared is null ? [.. taken.Select(one => ResourceRow.Of(one))] : []);
        }
    }

    /// <summary>A resource.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Id">What AWS's calls know it by.</param>
    /// <param name="Region">Its region.</param>
    /// <param name="Since">When it was made.</param>
    /// <param name="State">What AWS says of it.</param>
    /// <param name="MonthlyUsd">What it costs in a month; null where the price table does not know.</param>
    /// <param name="Reason">Why it is left; null where nothing is against it.</param>
    /// <param name="Commands">The commands that remove it by hand, in the order that works; null where nothing is against it.</param>
    public sealed record ResourceRow(
        string Kind, string Name, string Id, string Region, DateTimeOffset? Since, string? State, decimal? MonthlyUsd, string? Reason,
        IReadOnlyList<string>? Commands)
    {
        /// <summary>A resource as it was found.</summary>
        public static ResourceRow Of(FoundResource found, string? reason = null) => new(
            found.Kind, found.Name, found.Id, found.Region, found.Since, found.State, FoundCost.Of(found), reason,
            reason is null ? null : SweepKinds.Commands(found));
    }

    /// <summary>What came of a removal.</summary>
    /// <param name="Removed">How many resources are gone.</param>
    /// <param name="Left">What is left over, with the reasons, in the order in which it could be removed.</param>
    /// <param name="Requests">How many requests were sent, finding included.</param>
    /// <param name="Seconds">How long it took.</param>
    public sealed record RemovalRow(int Removed, IReadOnlyList<ResourceRow> Left, int Requests, double Seconds);

    /// <summary>Whether nothing is to be removed, and nothing is in doubt.</summary>
    [JsonIgnore]
    public bool Clean => InDoubt.Count == 0 && NotLooked.Count == 0
        && (Removal?.Left ?? Due.SelectMany(stack => stack.Resources)).All(_ => false);

    /// <summary>The stacks that may be swept.</summary>
    [JsonIgnore]
    public IEnumerable<StackRow> Due => Stacks.Where(stack => stack.Spared is null);

    /// <summary>It as JSON.</summary>
    public string Json() => JsonSerializer.Serialize(this, JsonFormat.Settings);

    /// <summary>What was found, for a person.</summary>
    public IEnumerable<IRenderable> Tables()
    {
        foreach (var stack in Due)
        {
            yield return PlainConsole.Table(
                $"{stack.Name} in {stack.Region}: {stack.Stage}, "
                    + $"expires after {Day(stack.Expires)}, since {Day(stack.Since)}{Whose(stack.Tags)}",
                ["What", "Name", "Id", "Region", "Since", "State", "USD a month"],
                stack.Resources.Select(one =>
                    (string[])[one.Kind, one.Name, Id(one), one.Region, Day(one.Since), one.State ?? "", Usd(one.MonthlyUsd)])
                    .Append([$"{stack.Resources.Count} resources", "", "", "", "", "", Sum(stack.MonthlyUsd, stack.UnknownPrices)]));
        }
        if (Stacks.Any(stack => stack.Spared is not null))
        {
            yield return PlainConsole.Table("Stays", ["Stack", "Region", "Stage", "Expires after", "Since", "USD a month", "Why"],
                Stacks.Where(stack => stack.Spared is not null).Select(stack => (string[])
                    [stack.Name, stack.Region, stack.Stage ?? "", Day(stack.Expires), Day(stack.Since),
                        Sum(stack.MonthlyUsd, stack.UnknownPrices), stack.Spared!]));
        }
        if (InDoubt.Count > 0) yield return Reasons("In doubt, and not touched", InDoubt);
        foreach (var missed in NotLooked) yield return new Text($"{missed}\n");
        var (due, resources) = (Due.ToList(), Due.Sum(stack => stack.Resources.Count));
        yield return new Text(due.Count == 0
            ? $"Nothing to sweep in {string.Join(", ", Regions)} of account {Account}\n"
            : $"{Count(resources, "resource")} of {Count(due.Count, "stack")} in account {Account}, "
                + $"{Sum(MonthlyUsd, due.Sum(stack => stack.UnknownPrices))} USD a month\n");
    }

    /// <summary>What came of the removal, for a person.</summary>
    public IEnumerable<IRenderable> Outcome()
    {
        if (Removal is not { } removal) yield break;
        if (removal.Left.Count > 0) yield return Reasons("Left over", removal.Left);
        var pace = string.Create(CultureInfo.InvariantCulture, $"{removal.Requests} requests in {removal.Seconds:0.0} s");
        yield return new Text($"Removed {Count(removal.Removed, "resource")}, left {removal.Left.Count}; {pace}\n");
    }

    private static Table Reasons(string title, IReadOnlyList<ResourceRow> rows) =>
        PlainConsole.Table(title, ["What", "Name", "Region", "Why", "By hand"],
        rows.Select(one => (string[])[one.Kind, one.Name, one.Region, one.Reason!, string.Join('\n', one.Commands!)]));

    private static string Whose(IReadOnlyDictionary<string, string> tags) =>
        string.Concat(tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $", {tag.Key}={tag.Value}"));

    private static string Id(ResourceRow row) =>
        row.Id == row.Name || row.Kind == SweepKinds.Record || row.Id.StartsWith("arn:", StringComparison.Ordinal) ? "" : row.Id;

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
