using System.Globalization;
using Causeway.Relay.Hosting;

namespace Causeway.Relay.Commands;

/// <summary>The command line of a command for a running relay.</summary>
internal sealed class CommandArguments
{
    private static readonly string[] Common = ["--admin", "--token-file"];

    private CommandArguments(string command, string? subject, Dictionary<string, string> options, bool isJson)
    {
        (Command, IsJson, TokenFile) = (command, isJson, options.GetValueOrDefault("--token-file"));
        Operand = subject ?? "";
        Admin = ReadUrl(options.GetValueOrDefault("--admin", "http://127.0.0.1:9478"));
        if (command == "revoke") Until = ReadEnd(options.GetValueOrDefault("--until"), options.GetValueOrDefault("--for"));
    }

    /// <summary>The command's name.</summary>
    public string Command { get; }

    /// <summary>The subject of <c>revoke</c>, or the session of <c>end</c>.</summary>
    public string Operand { get; }

    /// <summary>The URL of the relay's admin interface.</summary>
    public Uri Admin { get; }

    /// <summary>The file with the token; null without one.</summary>
    public string? TokenFile { get; }

    /// <summary>Whether to print JSON.</summary>
    public bool IsJson { get; }

    /// <summary>When a revocation ends.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="CommandException">It has a mistake.</exception>
    public static CommandArguments Read(string[] args)
    {
        var (command, operand, isJson) = (args[0], default(string), false);
        var wanted = command switch { "revoke" => "SUBJECT", "end" => "ID", _ => null };
        string[] known = command == "revoke" ? [.. Common, "--until", "--for"] : Common;
        var options = new Dictionary<string, string>();
        for (var i = 1; i < args.Length; i++)
        {
            var (name, value) = args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Split('=', 2) is [var key, var given]
                ? (key, given)
                : (args[i], null);
            if (args[i] == "--json")
            {
                isJson = true;
            }
            else if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                if (wanted is null || operand is not null) throw Mistake($"{command}: '{name}' is one argument too many; remove it");
                operand = name;
            }
            else
            {
                if (!known.Contains(name))
                    throw Mistake($"{command}: {name} is not an option; the options are {string.Join(", ", known)} and --json");
                if (value is null && ++i == args.Length) throw Mistake($"{name}: has no value; write one behind it");
                if (!options.TryAdd(name, value ?? args[i])) throw Mistake($"{name}: is written twice; remove one");
            }
        }

        if (wanted is not null && string.IsNullOrEmpty(operand))
            throw Mistake($"{command}: {wanted} is missing; write causeway-relay {command} {wanted}");
        return new(command, operand, options, isJson);
    }

    private static Uri ReadUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.PathAndQuery == "/"
            ? url
            : throw Mistake($"--admin: '{text}' is not a URL; write one without a path, as http://127.0.0.1:9478");

    private static DateTimeOffset ReadEnd(string? until, string? duration)
    {
        if (until is null == duration is null) throw Mistake("revoke: write either --until TIME or --for DURATION");
        if (until is not null)
        {
            return DateTimeOffset.TryParse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : throw Mistake($"--until: '{until}' is not a time; write one as 2030-01-31T12:00:00Z");
        }

        // As durations in the settings.
        return TimeSpan.TryParse(duration, CultureInfo.InvariantCulture, out var length)
            && length > TimeSpan.Zero && length < DateTimeOffset.MaxValue - DateTimeOffset.UtcNow
            ? DateTimeOffset.UtcNow + length
            : throw Mistake($"--for: '{duration}' is not a duration; write hours:minutes:seconds, as 12:00:00");
    }

    private static CommandException Mistake(string message) => new(message, RelayExit.Mistake);
}
