using System.Text.Json;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Where settings come from, later ones winning: the file of <c>--settings FILE</c>, the environment (<c>CAUSEWAY_SIGNALLING__LISTEN__0</c>), the
/// command line (<c>--signalling:listen:0</c>).
/// </summary>
internal static class Settings
{
    private const string EnvironmentPrefix = "CAUSEWAY_";

    // Sections of other programs may stand in a shared file; on the command line they would be a slip of the pen.
    private static readonly string[] TopLevel = ["settings", "environment", SignallingOptions.Section, RelayOptions.Section, "logging"];

    /// <summary>Reads all sources.</summary>
    /// <exception cref="StartException">The file is missing or is no JSON, or the command line cannot be read.</exception>
    public static IConfigurationRoot Load(string[] args)
    {
        try
        {
            var commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
            var unknown = commandLine.GetChildren().Where(top => !TopLevel.Contains(top.Key, StringComparer.OrdinalIgnoreCase)).ToList();
            if (unknown.Count > 0)
                throw new StartException([.. unknown.Select(top => $"--{top.Key}: is no setting; there are --settings FILE, --environment NAME and --signalling:KEY VALUE")]);

            var sources = new ConfigurationBuilder();
            if (commandLine["settings"] is { } file)
            {
                if (!File.Exists(file)) throw new StartException($"--settings: {file} is no file; check its path");
                sources.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            }

            return sources.AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine(args).Build();
        }
        catch (InvalidDataException bad)
        {
            var json = bad.InnerException is FormatException { InnerException: JsonException inner } ? inner.Message : bad.Message;
            throw new StartException($"--settings: the file is no JSON: {json}");
        }
        catch (FormatException bad)
        {
            throw new StartException($"command line: {bad.Message} Settings are given as --signalling:listen:0 http://127.0.0.1:8080");
        }
    }
}
