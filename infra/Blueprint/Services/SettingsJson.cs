using System.Text.Json;
using System.Text.Json.Serialization;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Services;

/// <summary>The settings files that the services read: the one place where options become JSON.</summary>
public static class SettingsJson
{
    /// <summary>camelCase names, no nulls, indented: the JSON that programs and people of this project read.</summary>
    public static JsonSerializerOptions Format { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        // Files and terminals, not pages: base64 keeps its plus sign, so that a credential can be copied.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Policy documents name their own keys.
    internal static JsonSerializerOptions Verbatim { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A settings file with the sections that are given.</summary>
    /// <param name="relay">The <c>relay</c> section; null leaves it out.</param>
    /// <param name="signalling">The <c>signalling</c> section; null leaves it out.</param>
    public static string Render(RelayOptions? relay, SignallingOptions? signalling)
    {
        var sections = new Dictionary<string, object>();
        if (relay is not null) sections.Add(RelayOptions.Section, relay);
        if (signalling is not null) sections.Add(SignallingOptions.Section, signalling);
        return JsonSerializer.Serialize(sections, Format) + "\n";
    }
}
