using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Causeway.Ops.Lifetime;

/// <summary>The stacks of an account as its tags show them, without Pulumi's state.</summary>
/// <param name="Account">The account's number.</param>
/// <param name="Regions">The regions that were asked for.</param>
/// <param name="Stacks">The stacks, by name.</param>
/// <param name="Notes">What belongs to no stack in the list, or was not asked for.</param>
/// <param name="Missed">What could not be asked, and why: the list may lack something.</param>
internal sealed record StackListView(
    string Account, IReadOnlyList<string> Regions, IReadOnlyList<StackListView.Row> Stacks, IReadOnlyList<string> Notes,
    IReadOnlyList<string> Missed)
{
    /// <summary>A stack.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Region">The region of its settings.</param>
    /// <param name="Stage">Its stage; null when no resource says one.</param>
    /// <param name="Expires">The day after which a demo may be swept; null when there is none.</param>
    /// <param name="DaysLeft">How many days until then; below zero when it has passed.</param>
    /// <param name="Generations">Its generations; two while an update runs, or after one that failed.</param>
    /// <param name="Address">The page's host; null when it has none any more.</param>
    /// <param name="Since">When its oldest resource was made.</param>
    /// <param name="AgeDays">How many days ago.</param>
    /// <param name="Resources">How many resources it has.</param>
    /// <param name="MonthlyUsd">What it costs in a month, without traffic.</param>
    /// <param name="UnknownPrices">How many of its resources cost something that the price table does not know.</param>
    public sealed record Row(
        string Name, string Region, string? Stage, DateOnly? Expires, int? DaysLeft, IReadOnlyList<string> Generations, string? Address,
        DateTimeOffset? Since, int? AgeDays, int Resources, decimal MonthlyUsd, int UnknownPrices)
    {
        /// <summary>A stack as it was found.</summary>
        public static Row Of(FoundStack stack, DateTimeOffset now)
        {
            var cost = stack.Cost;
            int? left = stack.Expires?.DayNumber - Day(now).DayNumber;
            int? age = stack.Since is { } since ? int.Max(0, (int)(now - since).TotalDays) : null;
            return new(
                stack.Name, stack.Region, stack.Stage, stack.Expires, left, stack.Generations, stack.Host, stack.Since, age,
                stack.Resources.Count, cost.MonthlyUsd, cost.Unknown);
        }
    }

    /// <summary>The stacks of an account.</summary>
    /// <param name="account">The account's number.</param>
    /// <param name="regions">The regions that were asked for.</param>
    /// <param name="found">What was found.</param>
    /// <param name="now">The time.</param>
    public static StackListView Of(string account, IReadOnlyList<string> regions, FoundAccount found, DateTimeOffset now) => new(
        account, regions, [.. found.Stacks.Select(stack => Row.Of(stack, now))],
        [
            .. found.Strays.Select(stray => $"{stray.Kind} {stray.Name}: {FoundAccount.WhyStray(stray)}"),
            // Roles and health checks are of no region, so they tell of stacks elsewhere.
            .. found.Stacks.Where(stack => !regions.Contains(stack.Region)).Select(stack =>
                $"{stack.Name} in {stack.Region}: only what it has outside of its region is counted; add --region {stack.Region}"),
        ],
        [.. found.NotLooked.Select(missed => missed.ToString())]);

    /// <summary>For programs.</summary>
    public string Json() => JsonSerializer.Serialize(this, JsonFormat.Settings);

    /// <summary>For people.</summary>
    public IEnumerable<IRenderable> Tables()
    {
        var where = $"account {Account}, {string.Join(", ", Regions)}";
        if (Stacks.Count == 0)
        {
            yield return new Text($"There are no stacks in {where}.\n");
            yield break;
        }
        yield return PlainConsole.Table($"Stacks in {where}",
            ["Stack", "Region", "Stage", "Expires", "Generation", "Address", "Since", "Resources", "USD a month"],
            Stacks.Select(row => (string[])
            [
                row.Name, row.Region, row.Stage ?? "?", Expiry(row), Several(row.Generations), row.Address ?? "-", Age(row),
                row.Resources.ToString(CultureInfo.InvariantCulture), Cost(row),
            ]));
        var sum = Stacks.Sum(row => row.MonthlyUsd).ToString("0.00", CultureInfo.InvariantCulture);
        yield return new Text($"{sum} USD a month in all, without traffic and tax\n");
    }

    private static string Expiry(Row row) => row switch
    {
        { Expires: { } day, DaysLeft: { } left } => $"{IsoDay.Text(day)} ({ExtendedExpiry.Away(day, day.AddDays(-left))})",
        { Stage: StackTags.Production } => "never",
        _ => "?",
    };

    private static string Several(IReadOnlyList<string> texts) => texts.Count == 0 ? "-" : string.Join('\n', texts);

    private static string Age(Row row) => row switch
    {
        { Since: { } since, AgeDays: { } days } => $"{IsoDay.Text(Day(since))} ({(days == 1 ? "1 day" : $"{days} days")})",
        _ => "?",
    };

    private static string Cost(Row row) =>
        row.MonthlyUsd.ToString("0.00", CultureInfo.InvariantCulture) + (row.UnknownPrices > 0 ? $" and {row.UnknownPrices} unknown" : "");

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
