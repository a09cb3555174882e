using Spectre.Console;

namespace Causeway.Ops;

/// <summary>Where tables are written: a terminal as it is; a file or a pipe without colours, and with lines as long as they are.</summary>
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

    /// <summary>A table of texts, which are printed as they are.</summary>
    public static Table Table(string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(title)) }.AddColumns(columns);
        foreach (var row in rows) table.AddRow([.. row.Select(cell => new Text(cell))]);
        return table;
    }
}
