using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;

namespace Causeway.Infra.Resources;

/// <summary>
/// The stack's settings as the engine hands them over: two environment variables of its own, because its Config type answers questions about
/// single keys only, and a misspelt key must be found too.
/// </summary>
public static class StackConfig
{
    private const string Namespace = "causeway:";

    /// <summary>Reads the settings, and refuses a root secret that stands in the stack's file in clear.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <param name="config"><c>PULUMI_CONFIG</c>: an object of all settings, secret ones in clear.</param>
    /// <param name="secretKeys"><c>PULUMI_CONFIG_SECRET_KEYS</c>: an array of the keys that are kept encrypted.</param>
    /// <exception cref="SettingsException">Something is wrong with them; all of it is said.</exception>
    public static StackSettings Read(string stack, string? config, string? secretKeys)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, string>>(config ?? "{}")!
            .Where(setting => setting.Key.StartsWith(Namespace, StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key[Namespace.Length..], setting => setting.Value);
        var kept = JsonSerializer.Deserialize<HashSet<string>>(secretKeys ?? "[]")!;
        return StackSettingsReader.Read(stack, values, encrypted: kept.Where(key => key.StartsWith(Namespace, StringComparison.Ordinal)).Select(key => key[Namespace.Length..]).ToHashSet());
    }
}
