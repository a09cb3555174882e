using System.Text.Json;
using Causeway.Blueprint.Settings;

namespace Causeway.Infra.Resources.Configuration;

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
    /// <returns>The stack's settings, and those of the AWS provider.</returns>
    /// <exception cref="SettingsException">Something is wrong with them; all of it is said.</exception>
    public static (StackSettings Settings, ProviderSettings Provider) Read(string stack, string? config, string? secretKeys)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, string>>(config ?? "{}")!;
        var kept = JsonSerializer.Deserialize<HashSet<string>>(secretKeys ?? "[]")!;
        var own = Below(Namespace, values);
        var provider = ProviderSettingsReader.Read(
            Below(ProviderSettingsReader.Namespace, values), Below(ProviderSettingsReader.Namespace, kept), own.GetValueOrDefault(SettingKey.Region.Name), out var mistakes);
        StackSettings settings;
        try
        {
            settings = StackSettingsReader.Read(stack, own, encrypted: Below(Namespace, kept));
        }
        catch (SettingsException wrong)
        {
            throw new SettingsException([.. wrong.Mistakes, .. mistakes]);
        }
        return mistakes.Count == 0 ? (settings, provider) : throw new SettingsException(mistakes);
    }

    private static Dictionary<string, string> Below(string space, Dictionary<string, string> values) =>
        values.Where(setting => setting.Key.StartsWith(space, StringComparison.Ordinal)).ToDictionary(setting => setting.Key[space.Length..], setting => setting.Value);

    private static HashSet<string> Below(string space, HashSet<string> keys) =>
        keys.Where(key => key.StartsWith(space, StringComparison.Ordinal)).Select(key => key[space.Length..]).ToHashSet();
}
