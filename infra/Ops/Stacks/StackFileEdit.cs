using Causeway.Blueprint.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Causeway.Ops.Stacks;

/// <summary>
/// Changes one setting in <c>Pulumi.STACK.yaml</c>: comments, order, quotes and encrypted values don't change by a byte. It doesn't need
/// Pulumi, so it also works when the stack's state is lost.
/// </summary>
internal static class StackFileEdit
{
    /// <summary>Sets a setting in clear.</summary>
    /// <param name="project">The folder of <c>Pulumi.yaml</c>.</param>
    /// <param name="stack">The stack, whose file exists.</param>
    /// <param name="key">The setting.</param>
    /// <param name="value">The value: letters, digits and hyphens, such as a day.</param>
    /// <exception cref="OpsException">The file can't be read or written, or has a form that only Pulumi can change.</exception>
    public static void Set(DirectoryInfo project, string stack, SettingKey key, string value)
    {
        var path = StackFile.PathOf(project, stack);
        var before = StackFile.Read(project, stack);
        try
        {
            var text = File.ReadAllText(path);
            var changed = Changed(text, $"{StackFile.Namespace}{key.Name}", value);
            if (changed is null || !IsOnly(before, StackFile.Parse(changed), key, value)) throw OnlyPulumi(path, stack, key, value);
            if (changed != text) Replace(path, changed);
        }
        catch (YamlException)
        {
            throw OnlyPulumi(path, stack, key, value);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"can't write {path} ({cause.Message}); check the permissions of it and its folder", cause: cause);
        }
    }

    /// <summary>The text with another value; null if it has neither the key nor a block of settings to add it to.</summary>
    internal static string? Changed(string text, string key, string value)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }, ..]) return null;
        if (!root.Children.TryGetValue("config", out var config) || config is not YamlMappingNode settings) return null;
        if (settings.Children.TryGetValue(key, out var old))
        {
            if (old is not YamlScalarNode) return null;
            var (start, end) = ((int)old.Start.Index, (int)old.End.Index);
            // An empty value starts right after the key's colon.
            return $"{text[..start]}{(text[start - 1] == ':' ? " " : "")}\"{value}\"{text[end..]}";
        }

        // Inserted before the first setting, with its indentation.
        if (settings.Style == YamlDotNet.Core.Events.MappingStyle.Flow || settings.Children.Count == 0) return null;
        var first = settings.Children[0].Key.Start;
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        return text.Insert((int)first.Index, $"{key}: \"{value}\"{newLine}{new string(' ', (int)first.Column - 1)}");
    }

    // Some forms of YAML (anchors, blocks of text) can't be changed by position, so the result is parsed and compared.
    private static bool IsOnly(StackFile before, StackFile after, SettingKey key, string value)
    {
        var wanted = before.With(new Dictionary<string, string> { [key.Name] = value });
        return Same(wanted.Values, after.Values) && Same(wanted.Provider, after.Provider)
            && wanted.Encrypted.SetEquals(after.Encrypted) && wanted.EncryptedProvider.SetEquals(after.EncryptedProvider);
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(pair => other.GetValueOrDefault(pair.Key) == pair.Value);

    // Atomic; keeps the file's mode and a link to it.
    private static void Replace(string path, string text)
    {
        var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var fresh = $"{real}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = File.GetUnixFileMode(real);
        using (var writer = new StreamWriter(fresh, options)) writer.Write(text);
        File.Move(fresh, real, overwrite: true);
    }

    private static OpsException OnlyPulumi(string path, string stack, SettingKey key, string value) =>
        new($"can't edit {path}; run: pulumi config set {StackFile.Namespace}{key.Name} {value} --stack {stack}");
}
