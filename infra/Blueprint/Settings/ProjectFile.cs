using System.Text;
using System.Text.RegularExpressions;

namespace Causeway.Blueprint.Settings;

/// <summary>Pulumi's project file with the schema of <see cref="SettingKey.All"/>, and the table of them for people.</summary>
public static class ProjectFile
{
    // Of a description, so that its line has at most 140 columns.
    private const int MaxText = 123;

    public static string Render()
    {
        var text = new StringBuilder("""
            # The schema is made from infra/Blueprint/Settings/SettingKey.cs, and a test keeps it so.
            name: causeway
            description: A self-hosted WebRTC backbone - signalling, STUN and TURN
            main: infra
            runtime: dotnet
            config:

            """);
        // A key without a default is required, so optional keys have an empty default. The schema has no type for maps.
        foreach (var key in SettingKey.All.Where(key => key.Form.Type != "object"))
        {
            text.Append($"  causeway:{key.Name}:\n    type: {key.Form.Type}\n    description: {Wrapped(Quoted(Plain(key.Meaning)))}\n");
            if (key.Secret) text.Append("    secret: true\n");
            if (!key.Required) text.Append($"    default: {(key.Form.Type == "string" ? Quoted(key.Default ?? "") : key.Default)}\n");
        }
        return text.ToString();
    }

    public static string Table()
    {
        var text = new StringBuilder("| key | meaning | values | default |\n| --- | --- | --- | --- |\n");
        foreach (var key in SettingKey.All)
        {
            var value = key.Required ? "(required)" : key.Default is { } given ? $"`{given}`" : "";
            text.Append($"| `{key.Name}`{(key.Secret ? " (secret)" : "")} | {key.Meaning} | {key.Form.Values} | {value} |\n");
        }
        return text.ToString();
    }

    private static string Plain(string markdown) => markdown.Replace("`", "", StringComparison.Ordinal);

    // A quoted text may continue in the next line, which YAML reads as a space.
    private static string Wrapped(string text) =>
        text.Length <= MaxText ? text : Regex.Replace(text, $"(.{{1,{MaxText}}})( |$)", "$1\n      ").TrimEnd();

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
