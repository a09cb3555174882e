using Spectre.Console;

namespace Causeway.Ops;

/// <summary>Writes tables: to a file or a pipe without colours, and without wrapping lines.</summary>
internal static class PlainConsole
{
    private const int FileWidth = 240;

    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        plain.Profile.Width = FileWidth;
        return plain;
    }

    /// <summary>Creates a table of texts, without markup.</summary>
    public static Table Table(string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(title)) }.AddColumns(columns);
        foreach (var row in rows) table.AddRow([.. row.Select(cell => new Text(cell))]);
        return table;
    }
}
