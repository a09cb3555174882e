using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Causeway.Blueprint.Formats;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Causeway.Ops.Check;

/// <summary>Formats the results as a table or as JSON.</summary>
internal static class CheckReport
{
    private static readonly JsonSerializerOptions Format =
        new(JsonFormat.Settings) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static string Json(CheckTarget target, EnvironmentCheck check) => JsonSerializer.Serialize(new
    {
        address = target.Page,
        passed = check.Passed,
        checks = check.Results.Select(row => new
        {
            row.Name,
            row.Target,
            row.Outcome,
            row.Detail,
            roundTripMilliseconds = row.RoundTrip?.TotalMilliseconds,
            row.BytesRelayed,
            row.Diagnosis?.Cause,
            row.Diagnosis?.Fix,
        }),
    }, Format);

    public static IRenderable Table(IReadOnlyList<CheckResult> rows)
    {
        var table = new Table { Border = TableBorder.Rounded }.AddColumns("Check", "Target", "Result", "Round trip", "Found");
        foreach (var row in rows)
            table.AddRow(
                new Text(row.Name),
                new Text(row.Target),
                new Markup(Word(row.Outcome)),
                new Text(row.RoundTrip is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms") : ""),
                new Text(row.Detail));
        return table;
    }

    /// <summary>The likely cause and the fix of every warning and failure.</summary>
    public static IEnumerable<string> Advice(IReadOnlyList<CheckResult> rows) =>
        from row in rows
        let diagnosis = row.Diagnosis
        where diagnosis is not null
        from line in new[] { $"{row.Name} {row.Target}", $"  likely cause: {diagnosis.Cause}", $"  fix:          {diagnosis.Fix}" }
        select line;

    private static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Running => "[blue]...[/]",
        CheckOutcome.Passed => "[green]ok[/]",
        CheckOutcome.Warning => "[yellow]warning[/]",
        CheckOutcome.Failed => "[red]failed[/]",
        _ => "[grey]skipped[/]",
    };
}
