using System.Collections;
using System.Reflection;
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
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings, and what a start makes of those that name a file or leave the choice to the relay.</summary>
    /// <param name="options">Valid settings. Their files are read.</param>
    public static string Json(RelayOptions options)
    {
        var read = RelayOptionsValidator.Parse(options, []);
        var certificate = read.Certificate?.Loaded.TargetCertificate;
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
        return new JsonObject { [RelayOptions.Section] = Section(options), ["resolved"] = resolved }.ToJsonString(Readable);
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
