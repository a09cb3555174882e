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
}
