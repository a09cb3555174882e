using System.Collections;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Turn.Options;

namespace Causeway.Relay.Settings;

/// <summary>
/// The settings that apply, defaults included, as JSON in the form of the settings file. The values of secrets are hidden
/// (<see cref="SecretAttribute"/>).
/// </summary>
internal static class EffectiveSettings
{
    private const string Hidden = "***";

    // For a terminal, not for a page: quotes and the plus sign stay readable.
    internal static readonly JsonSerializerOptions Readable =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings, and what a start makes of those that name a file or leave the choice to the relay.</summary>
    /// <param name="options">Valid settings. Their files are read.</param>
    public static string Json(RelayOptions options)
    {
        var read = RelayOptionsValidator.Parse(options, []);
        return Of(Section(options), read, read.Certificate?.Loaded.TargetCertificate).ToJsonString(Readable);
    }

    /// <summary>The settings of a running relay.</summary>
    /// <param name="started">Those that it started with.</param>
    /// <param name="reloaded">Those of its last reload.</param>
    /// <param name="reloadable">The settings that a reload applies.</param>
    /// <param name="configuration">What is in use.</param>
    public static JsonObject InUse(
        RelayOptions started, RelayOptions reloaded, IEnumerable<string> reloadable, RelayConfiguration configuration)
    {
        var (settings, now) = (Section(started), Section(reloaded));
        foreach (var name in reloadable)
        {
            JsonNode to = settings, from = now;
            var path = name.Split('.')[1..];
            foreach (var section in path[..^1]) (to, from) = (to[section]!, from[section]!);
            to[path[^1]] = from[path[^1]]?.DeepClone();
        }

        return Of(settings, configuration, configuration.Certificate?.Current.TargetCertificate);
    }

    private static JsonObject Of(JsonObject settings, RelayConfiguration read, X509Certificate2? certificate)
    {
        var resolved = new JsonObject
        {
            ["engine"] = read.Engine.Name,
            ["shards"] = read.Shards,
            ["secrets"] = read.Secrets.Count,
            ["users"] = read.Users.Count,
            ["certificate"] = certificate is null
                ? null
                : new JsonObject { ["subject"] = certificate.Subject, ["expires"] = certificate.NotAfter.ToUniversalTime() },
        };
        return new JsonObject { [RelayOptions.Section] = settings, ["resolved"] = resolved };
    }

    /// <summary>A section of settings.</summary>
    internal static JsonObject Section(object options)
    {
        var section = new JsonObject();
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            section[SettingsReader.CamelCase(property.Name)] = property.IsDefined(typeof(SecretAttribute)) ? Hide(value) : Show(value);
        }

        return section;
    }

    private static JsonNode? Show(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        int number => number,
        long number => number,
        TimeSpan duration => duration.ToString(),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Show)]),
        ValueType other => other.ToString(),
        _ => Section(value),
    };

    private static JsonNode? Hide(object? value) => value switch
    {
        null => null,
        string => Hidden,
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(_ => (JsonNode?)Hidden)]),
        _ => Hidden,
    };
}
