using System.Diagnostics.CodeAnalysis;
using Causeway.Turn.Options;
using Microsoft.Extensions.Configuration;

namespace Causeway.Relay.Settings;

/// <summary>Reads the executable's settings from their three sources.</summary>
internal static class RelayCommandLine
{
    private const string Help = """
        causeway-relay [--settings FILE | --check FILE] [--relay:KEY VALUE]...
        causeway-relay sessions | end | drain | undrain | revoke | settings | reload [--admin URL] [--token-file FILE] [--json]

        Relays WebRTC media (TURN, RFC 8656). Settings come from a JSON file, then the environment
        (CAUSEWAY_RELAY__REALM), then the command line (--relay:realm); later ones win. A minimal example:

          causeway-relay --relay:listeners:0:address 0.0.0.0 --relay:secretsFile /etc/causeway/secrets

        --check reads the settings as a start would, but opens no port: it prints all mistakes, or the settings
        that would apply, without secrets. Its exit code is 0 when they are valid, else 1.

        The second form asks a running relay through its admin interface (relay.admin); `causeway-relay drain --help`
        and so on describe it. Its exit code is 0 on success, 1 for a refusal or a mistake, 2 when no relay answers.
        """;

    private const string CheckKey = "check";
    private const string SettingsKey = "settings";

    // A shared file may contain sections of other programs; on the command line they are mistakes.
    private static readonly string[] OwnKeys = [SettingsKey, CheckKey, RelayOptions.Section, "logging"];

    public static bool TryRead(
        string[] args,
        TextWriter errors,
        [NotNullWhen(true)] out RelayOptions? options,
        [NotNullWhen(true)] out IConfiguration? configuration)
    {
        (options, configuration) = (null, null);
        if (args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            errors.WriteLine(Help);
            return false;
        }

        var mistakes = new List<string>();
        options = Read(args, mistakes, out configuration);
        foreach (var mistake in mistakes) errors.WriteLine(mistake);
        return mistakes.Count == 0;
    }

    /// <summary>The commands for a running relay.</summary>
    internal static readonly string[] Commands = ["sessions", "end", "drain", "undrain", "revoke", "settings", "reload"];

    /// <summary>Whether the command line is a command for a running relay.</summary>
    public static bool IsCommand(string[] args) => args.Length > 0 && Commands.Contains(args[0]);

    /// <summary>Whether the settings are only to be checked.</summary>
    public static bool IsCheck(string[] args) => new ConfigurationBuilder().AddCommandLine(args).Build()[CheckKey] is not null;

    /// <summary>Reads all sources, and finds every mistake.</summary>
    public static RelayOptions Read(string[] args, List<string> mistakes, out IConfiguration configuration)
    {
        configuration = Sources(args, mistakes);
        // Without a named source, much would be reported as missing; so it would without the section.
        CheckSection(configuration, mistakes);
        var complete = mistakes.Count == 0;
        var options = SettingsReader.Read<RelayOptions>(configuration, RelayOptions.Section, mistakes);
        if (complete) mistakes.AddRange(RelayOptionsValidator.Validate(options));
        LogLevels.Check(configuration, mistakes);
        return options;
    }

    private static IConfigurationRoot Sources(string[] args, List<string> mistakes)
    {
        var commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
        var unknown = commandLine.GetChildren()
            .Select(child => child.Key)
            .Where(key => !OwnKeys.Contains(key, StringComparer.OrdinalIgnoreCase));
        foreach (var key in unknown)
            mistakes.Add($"--{key}: is not an option of the relay; use --settings FILE and --relay:KEY VALUE");
        // The framework ignores it: `--check` alone would start a relay.
        if (args is [.., var last] && IsKeyAlone(args)) mistakes.Add($"{last}: has no value; write one behind it");

        var named = commandLine[CheckKey] is null ? SettingsKey : CheckKey;
        if (named == CheckKey && commandLine[SettingsKey] is not null)
            mistakes.Add("--check: names the settings file, as --settings does; remove --settings");

        var builder = new ConfigurationBuilder();
        if (commandLine[named] is { } file)
        {
            if (File.Exists(file)) builder.AddJsonFile(Path.GetFullPath(file));
            else mistakes.Add($"--{named}: {file} does not exist; check its path");
        }

        builder.AddEnvironmentVariables("CAUSEWAY_").AddCommandLine(args);
        try
        {
            return builder.Build();
        }
        catch (Exception broken) when (broken is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"--{named}: {commandLine[named]} cannot be read; {broken.GetBaseException().Message}");
            return commandLine;
        }
    }

    // Sections of other programs are ignored, but a misspelt one of this program's only if it has its own beside it.
    private static void CheckSection(IConfiguration configuration, List<string> mistakes)
    {
        if (configuration.GetSection(RelayOptions.Section).Exists()) return;
        var sections = configuration.GetChildren().Select(child => child.Key);
        if (NearestName.Of(RelayOptions.Section, sections, maxDistance: 2) is { } misspelt)
            mistakes.Add($"{misspelt}: is not a section of the relay; did you mean {RelayOptions.Section}?");
    }

    // Arguments come in pairs, except for --key=value.
    private static bool IsKeyAlone(string[] args)
    {
        var isKey = false;
        foreach (var arg in args) isKey = !isKey && !arg.Contains('=', StringComparison.Ordinal);
        return isKey;
    }
}
