using System.Text.Json;
using Causeway.Blueprint.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Causeway.Ops.Stacks;

/// <summary>A stack's settings in <c>Pulumi.STACK.yaml</c>, read without Pulumi.</summary>
/// <param name="Values">The settings in clear, by key without <c>causeway:</c>; maps are JSON.</param>
/// <param name="Encrypted">The keys of the encrypted settings.</param>
public sealed record StackFile(IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> Encrypted)
{
    /// <summary>Gets the settings of the AWS provider in clear, by key without <c>aws:</c>.</summary>
    public IReadOnlyDictionary<string, string> Provider { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the keys of the provider's encrypted settings.</summary>
    public IReadOnlySet<string> EncryptedProvider { get; init; } = new HashSet<string>();

    /// <summary>The prefix of this program's settings.</summary>
    internal const string Namespace = "causeway:";

    private const int MaxDepth = 8;

    public static string PathOf(DirectoryInfo project, string stack) => Path.Combine(project.FullName, $"Pulumi.{stack}.yaml");

    /// <summary>Reads a stack's settings; empty if the file doesn't exist.</summary>
    /// <exception cref="OpsException">The file can't be read, or isn't a settings file of Pulumi.</exception>
    public static StackFile ReadOrEmpty(DirectoryInfo project, string stack) =>
        File.Exists(PathOf(project, stack)) ? Read(project, stack) : new(new Dictionary<string, string>(), new HashSet<string>());

    /// <summary>Reads a stack's settings.</summary>
    /// <exception cref="OpsException">The file doesn't exist, can't be read, or isn't a settings file of Pulumi.</exception>
    public static StackFile Read(DirectoryInfo project, string stack)
    {
        var path = PathOf(project, stack);
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (FileNotFoundException)
        {
            throw new OpsException($"stack '{stack}' not found: {path} doesn't exist; create it with: ops init {stack}");
        }
        catch (YamlException wrong)
        {
            throw Wrong(wrong.Start.Equals(Mark.Empty) ? wrong.Message : $"line {wrong.Start.Line}: {wrong.Message}");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"can't read {path} ({cause.Message}); check its permissions", cause: cause);
        }

        OpsException Wrong(string what) => new($"{path}: {what}; write settings like pulumi config set does", OpsException.Wrong);
    }

    /// <summary>Reads settings from a file's text.</summary>
    /// <exception cref="YamlException">The text isn't a settings file of Pulumi.</exception>
    internal static StackFile Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }, ..]) throw new YamlException("the file has no settings");
        return From(root);
    }

    /// <summary>A copy with other values, in clear, for some settings.</summary>
    internal StackFile With(IReadOnlyDictionary<string, string> said) => this with
    {
        Values = Values.Where(value => !said.ContainsKey(value.Key)).Concat(said).ToDictionary(),
        Encrypted = Encrypted.Where(key => !said.ContainsKey(key)).ToHashSet(),
    };

    /// <summary>Writes a new file with settings in clear, in Pulumi's format.</summary>
    /// <exception cref="OpsException">The file can't be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, string> settings)
    {
        // JSON strings are valid in YAML.
        var lines = settings.Select(setting => $"  {Namespace}{setting.Key}: {JsonSerializer.Serialize(setting.Value)}");
        try
        {
            File.WriteAllLines(path, ["config:", .. lines]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"can't write {path} ({cause.Message}); check the permissions of its folder", cause: cause);
        }
    }

    /// <summary>A copy with encrypted settings decrypted by Pulumi, except secrets.</summary>
    /// <exception cref="OpsException">Pulumi can't decrypt them.</exception>
    internal async Task<StackFile> DecryptAsync(PulumiCli pulumi, string stack, CancellationToken cancellation)
    {
        var values = new Dictionary<string, string>(Values);
        foreach (var key in Hidden)
            values[key.Name] = await DecryptAsync(pulumi, stack, Namespace + key.Name, cancellation);
        return this with { Values = values };
    }

    /// <summary>A copy with all settings of the AWS provider decrypted, including credentials.</summary>
    /// <exception cref="OpsException">Pulumi can't decrypt them.</exception>
    internal async Task<StackFile> DecryptProviderAsync(PulumiCli pulumi, string stack, CancellationToken cancellation)
    {
        var values = new Dictionary<string, string>(Provider);
        foreach (var key in EncryptedProvider.Order(StringComparer.Ordinal))
            values[key] = await DecryptAsync(pulumi, stack, ProviderSettingsReader.Namespace + key, cancellation);
        return this with { Provider = values, EncryptedProvider = new HashSet<string>() };
    }

    private static async Task<string> DecryptAsync(PulumiCli pulumi, string stack, string key, CancellationToken cancellation) =>
        (await pulumi.RunAsync(["config", "get", key, "--stack", stack], "", cancellation)).TrimEnd('\n');

    /// <summary>Gets the settings that are encrypted though they aren't secret, in the order of the documentation.</summary>
    internal IEnumerable<SettingKey> Hidden =>
        SettingKey.All.Where(key => !key.Secret && Encrypted.Contains(key.Name) && !Values.ContainsKey(key.Name));

    private static StackFile From(YamlMappingNode root)
    {
        var (values, encrypted) = (new Dictionary<string, string>(), new HashSet<string>());
        var (provider, encryptedProvider) = (new Dictionary<string, string>(), new HashSet<string>());
        if (!root.Children.TryGetValue("config", out var config) || config is YamlScalarNode { Value: null or "" })
            return new(values, encrypted);
        if (config is not YamlMappingNode settings) throw Wrong(config, "config isn't a map of settings");
        foreach (var (name, value) in settings.Children)
        {
            var key = Key(name);
            if (!key.Contains(':', StringComparison.Ordinal)) throw Wrong(name, $"'{key}' has no namespace; write {Namespace}{key}");
            if (key.StartsWith(ProviderSettingsReader.Namespace, StringComparison.Ordinal))
            {
                key = key[ProviderSettingsReader.Namespace.Length..];
                if (IsEncrypted(value)) encryptedProvider.Add(key);
                else provider[key] = Text(value);
            }
            else if (key.StartsWith(Namespace, StringComparison.Ordinal))
            {
                key = key[Namespace.Length..];
                if (IsEncrypted(value)) encrypted.Add(key);
                else values[key] = Text(value);
            }
        }
        return new(values, encrypted) { Provider = provider, EncryptedProvider = encryptedProvider };
    }

    private static bool IsEncrypted(YamlNode value) =>
        value is YamlMappingNode map && map.Children.Count == 1 && map.Children.ContainsKey("secure");

    private static string Text(YamlNode value) =>
        value is YamlScalarNode scalar ? scalar.Value ?? "" : JsonSerializer.Serialize(Plain(value));

    private static string Key(YamlNode node) =>
        node is YamlScalarNode scalar ? scalar.Value ?? "" : throw Wrong(node, "a key is a list or a map; use a string");

    // An alias may be inside of the node that it refers to, so the depth is limited.
    private static object? Plain(YamlNode node, int depth = 0) => node switch
    {
        _ when depth > MaxDepth => throw Wrong(node, $"more than {MaxDepth} nested levels"),
        YamlMappingNode map => map.Children.ToDictionary(child => Key(child.Key), child => Plain(child.Value, depth + 1)),
        YamlSequenceNode list => list.Select(one => Plain(one, depth + 1)).ToList(),
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };

    private static YamlException Wrong(YamlNode node, string problem) => new(node.Start, node.End, problem);
}
