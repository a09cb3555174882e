using System.Text.Json;
using Causeway.Blueprint.Settings;

namespace Causeway.Infra.Resources.Configuration;

/// <summary>
/// The stack's settings, from the engine's two environment variables: Pulumi's Config type reads known keys only, and a misspelt key must
/// be found too.
/// </summary>
public static class StackConfig
{
    private const string Namespace = "causeway:";

    /// <summary>Reads the settings. Refuses a root secret that is not encrypted in the stack's file.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <param name="config"><c>PULUMI_CONFIG</c>: an object of all settings, with secrets decrypted.</param>
    /// <param name="secretKeys"><c>PULUMI_CONFIG_SECRET_KEYS</c>: an array of the keys that are encrypted in the stack's file.</param>
    /// <returns>The stack's settings, and those of the AWS provider.</returns>
    /// <exception cref="SettingsException">Some settings are invalid; contains all mistakes.</exception>
    public static (StackSettings Settings, ProviderSettings Provider) Read(string stack, string? config, string? secretKeys)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, string>>(config ?? "{}")!;
        var kept = JsonSerializer.Deserialize<HashSet<string>>(secretKeys ?? "[]")!;
        var own = Below(Namespace, values);
        const string aws = ProviderSettingsReader.Namespace;
        var provider = ProviderSettingsReader.Read(
            Below(aws, values), Below(aws, kept), own.GetValueOrDefault(SettingKey.Region.Name), out var mistakes);
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
        values.Where(setting => setting.Key.StartsWith(space, StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key[space.Length..], setting => setting.Value);

    private static HashSet<string> Below(string space, HashSet<string> keys) =>
        keys.Where(key => key.StartsWith(space, StringComparison.Ordinal)).Select(key => key[space.Length..]).ToHashSet();
}
