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

/// <summary>The stacks of an account, from its tags.</summary>
/// <param name="Account">The account's number.</param>
/// <param name="Regions">The selected regions.</param>
/// <param name="Stacks">The stacks, by name.</param>
/// <param name="Notes">Resources without a stack, and stacks outside of the selected regions.</param>
/// <param name="Missed">What couldn't be listed, with reasons.</param>
internal sealed record StackListView(
    string Account, IReadOnlyList<string> Regions, IReadOnlyList<StackListView.Row> Stacks, IReadOnlyList<string> Notes,
    IReadOnlyList<string> Missed)
{
    /// <summary>A stack.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="Region">The region of its settings.</param>
    /// <param name="Stage">The stage; null if no resource has one.</param>
    /// <param name="Expires">The day after which a demo may be swept; null if it doesn't expire.</param>
    /// <param name="DaysLeft">The number of days until then; negative when it has passed.</param>
    /// <param name="Generations">The generations; two during an update, and after a failed one.</param>
    /// <param name="Address">The page's host; null if it has none any more.</param>
    /// <param name="Since">The time when its oldest resource was created.</param>
    /// <param name="AgeDays">The age of its oldest resource in days.</param>
    /// <param name="Resources">The number of its resources.</param>
    /// <param name="MonthlyUsd">The monthly cost, without traffic.</param>
    /// <param name="UnknownPrices">The number of resources whose cost is unknown.</param>
    public sealed record Row(
        string Name, string Region, string? Stage, DateOnly? Expires, int? DaysLeft, IReadOnlyList<string> Generations, string? Address,
        DateTimeOffset? Since, int? AgeDays, int Resources, decimal MonthlyUsd, int UnknownPrices)
    {
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

    public static StackListView Of(string account, IReadOnlyList<string> regions, FoundAccount found, DateTimeOffset now) => new(
        account, regions, [.. found.Stacks.Select(stack => Row.Of(stack, now))],
        [
            .. found.Strays.Select(stray => $"{stray.Kind} {stray.Name}: {FoundAccount.WhyStray(stray)}"),
            // Roles and health checks are global, so they also belong to stacks in other regions.
            .. found.Stacks.Where(stack => !regions.Contains(stack.Region)).Select(stack =>
                $"{stack.Name} in {stack.Region}: resources in its region are not counted; add --region {stack.Region}"),
        ],
        [.. found.NotLooked.Select(missed => missed.ToString())]);

    public string Json() => JsonSerializer.Serialize(this, JsonFormat.Settings);

    public IEnumerable<IRenderable> Tables()
    {
        var where = $"account {Account}, {string.Join(", ", Regions)}";
        if (Stacks.Count == 0)
        {
            yield return new Text($"No stacks in {where}\n");
            yield break;
        }
        yield return PlainConsole.Table($"Stacks in {where}",
            ["Stack", "Region", "Stage", "Expires", "Generation", "Address", "Since", "Resources", "USD/month"],
            Stacks.Select(row => (string[])
            [
                row.Name, row.Region, row.Stage ?? "?", Expiry(row), Several(row.Generations), row.Address ?? "-", Age(row),
                row.Resources.ToString(CultureInfo.InvariantCulture), Cost(row),
            ]));
        var sum = Stacks.Sum(row => row.MonthlyUsd).ToString("0.00", CultureInfo.InvariantCulture);
        yield return new Text($"{sum} USD a month in total, without traffic and tax\n");
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
