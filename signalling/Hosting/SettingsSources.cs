using System.Globalization;
using System.Text.Json;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// The sources of settings, later ones win: the file of <c>--settings FILE</c>, the environment (<c>CAUSEWAY_SIGNALLING__LISTEN__0</c>),
/// the command line (<c>--signalling:listen:0</c>).
/// </summary>
internal static class SettingsSources
{
    private const string EnvironmentPrefix = "CAUSEWAY_";
    private const string RoomMembers =
        $"{SignallingOptions.Section}:{nameof(SignallingOptions.Limits)}:{nameof(SignallingLimitOptions.RoomMembers)}";
    private const string AllocationsPerSubject =
        $"{RelayOptions.Section}:{nameof(RelayOptions.Quotas)}:{nameof(RelayQuotaOptions.AllocationsPerSubject)}";

    // A shared file may have sections of other programs; on the command line they would be typing errors.
    private static readonly string[] TopLevel = ["settings", "environment", SignallingOptions.Section, RelayOptions.Section, "logging"];

    /// <summary>Reads all sources.</summary>
    /// <exception cref="StartException">The file is missing or not JSON, or the command line cannot be read.</exception>
    public static IConfigurationRoot Load(string[] args)
    {
        try
        {
            var commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
            var unknown = commandLine.GetChildren().Where(top => !TopLevel.Contains(top.Key, StringComparer.OrdinalIgnoreCase)).ToList();
            if (unknown.Count > 0)
            {
                throw new StartException(
                    [.. unknown.Select(
                        top => $"--{top.Key}: unknown setting; use --settings FILE, --environment NAME or --signalling:KEY VALUE")]);
            }

            var sources = new ConfigurationBuilder();
            if (commandLine["settings"] is { } file)
            {
                if (!File.Exists(file)) throw new StartException($"--settings: {file} does not exist; check its path");
                sources.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            }

            return WithDefaults(sources.AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine(args).Build());
        }
        catch (InvalidDataException bad)
        {
            var json = bad.InnerException is FormatException { InnerException: JsonException inner } ? inner.Message : bad.Message;
            throw new StartException($"--settings: the file is not valid JSON: {json}");
        }
        catch (FormatException bad)
        {
            throw new StartException($"command line: {bad.Message} Write settings as --signalling:listen:0 http://127.0.0.1:8080");
        }
    }

    // What one client may use of the embedded relay follows from the size of a room, unless the relay's own settings say it.
    private static IConfigurationRoot WithDefaults(IConfiguration settings)
    {
        var members = int.TryParse(settings[RoomMembers], CultureInfo.InvariantCulture, out var set)
            ? set
            : new SignallingLimitOptions().RoomMembers;
        return new ConfigurationBuilder()
            .AddInMemoryCollection([new(AllocationsPerSubject, RelayQuotaOptions.ForRoom(members).ToString(CultureInfo.InvariantCulture))])
            .AddConfiguration(settings)
            .Build();
    }
}
