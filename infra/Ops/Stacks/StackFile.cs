using System.Text.Json;
using Causeway.Blueprint.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Causeway.Ops.Stacks;

/// <summary>A stack's settings as they stand in <c>Pulumi.STACK.yaml</c>, read without Pulumi.</summary>
/// <param name="Values">Key and text of each setting in clear, without <c>causeway:</c> before it; maps are JSON.</param>
/// <param name="Encrypted">The keys whose values are encrypted in the file.</param>
public sealed record StackFile(IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> Encrypted)
{
    /// <summary>The settings of the AWS provider in clear, without <c>aws:</c> before them.</summary>
    public IReadOnlyDictionary<string, string> Provider { get; init; } = new Dictionary<string, string>();

    /// <summary>The keys of those that are encrypted in the file.</summary>
    public IReadOnlySet<string> EncryptedProvider { get; init; } = new HashSet<string>();

    /// <summary>What stands before the program's own settings.</summary>
    internal const string Namespace = "causeway:";

    private const int MaxDepth = 8;

    /// <summary>The file of a stack.</summary>
    public static string PathOf(DirectoryInfo project, string stack) => Path.Combine(project.FullName, $"Pulumi.{stack}.yaml");

    /// <summary>Reads a stack's settings; none when the file is not there.</summary>
    /// <exception cref="OpsException">The file cannot be read, or is no settings file of Pulumi.</exception>
    public static StackFile ReadOrEmpty(DirectoryInfo project, string stack) =>
        File.Exists(PathOf(project, stack)) ? Read(project, stack) : new(new Dictionary<string, string>(), new HashSet<string>());

    /// <summary>Reads a stack's settings.</summary>
    /// <exception cref="OpsException">The file is missing, cannot be read, or is no settings file of Pulumi.</exception>
    public static StackFile Read(DirectoryInfo project, string stack)
    {
        var path = PathOf(project, stack);
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (FileNotFoundException)
        {
            throw new OpsException($"there is no stack '{stack}': {path} does not exist; make it with: ops init {stack}");
        }
        catch (YamlException wrong)
        {
            throw Wrong(wrong.Start.Equals(Mark.Empty) ? wrong.Message : $"line {wrong.Start.Line}: {wrong.Message}");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"{path} cannot be read ({cause.Message}); let yourself read it", cause: cause);
        }

        OpsException Wrong(string what) => new($"{path}: {what}; write settings as pulumi config set does", OpsException.Wrong);
    }

    /// <summary>Reads settings from a file's text.</summary>
    /// <exception cref="YamlException">It is no settings file of Pulumi.</exception>
    internal static StackFile Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return From(yaml.Documents is [{ RootNode: YamlMappingNode root }, ..] ? root : throw new YamlException("it holds no settings"));
    }

    /// <summary>The file with other values for some of its settings, in clear.</summary>
    internal StackFile With(IReadOnlyDictionary<string, string> said) => this with
    {
        Values = Values.Where(value => !said.ContainsKey(value.Key)).Concat(said).ToDictionary(),
        Encrypted = Encrypted.Where(key => !said.ContainsKey(key)).ToHashSet(),
    };

    /// <summary>Writes a new file with settings in clear, in Pulumi's form.</summary>
    /// <exception cref="OpsException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, string> settings)
    {
        try
        {
            // A text in JSON is one in YAML.
            File.WriteAllLines(path, ["config:", .. settings.Select(setting => $"  {Namespace}{setting.Key}: {JsonSerializer.Serialize(setting.Value)}")]);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"{path} cannot be written ({cause.Message}); make its folder yours", cause: cause);
        }
    }

    /// <summary>The file with its encrypted settings in clear, as Pulumi gives them; but for secrets, which only what needs them reads.</summary>
    /// <exception cref="OpsException">Pulumi cannot decrypt them.</exception>
    internal async Task<StackFile> DecryptAsync(PulumiCli pulumi, string stack, CancellationToken cancellation)
    {
        var values = new Dictionary<string, string>(Values);
        foreach (var key in Hidden)
            values[key.Name] = (await pulumi.RunAsync(["config", "get", $"{Namespace}{key.Name}", "--stack", stack], "", cancellation)).TrimEnd('\n');
        return this with { Values = values };
    }

    /// <summary>The file with the encrypted settings of the AWS provider in clear, secrets too: it takes them to ask the account.</summary>
    /// <exception cref="OpsException">Pulumi cannot decrypt them.</exception>
    internal async Task<StackFile> DecryptProviderAsync(PulumiCli pulumi, string stack, CancellationToken cancellation)
    {
        var values = new Dictionary<string, string>(Provider);
        foreach (var key in EncryptedProvider.Order(StringComparer.Ordinal))
        {
            var text = await pulumi.RunAsync(["config", "get", $"{ProviderSettingsReader.Namespace}{key}", "--stack", stack], "", cancellation);
            values[key] = text.TrimEnd('\n');
        }
        return this with { Provider = values, EncryptedProvider = new HashSet<string>() };
    }

    /// <summary>The settings that are encrypted without need, in the order of the documentation: what depends on them cannot be known from the file.</summary>
    internal IEnumerable<SettingKey> Hidden => SettingKey.All.Where(key => !key.Secret && Encrypted.Contains(key.Name) && !Values.ContainsKey(key.Name));

    private static StackFile From(YamlMappingNode root)
    {
        var (values, encrypted) = (new Dictionary<string, string>(), new HashSet<string>());
        var (provider, encryptedProvider) = (new Dictionary<string, string>(), new HashSet<string>());
        if (!root.Children.TryGetValue("config", out var config) || config is YamlScalarNode { Value: null or "" }) return new(values, encrypted);
        if (config is not YamlMappingNode settings) throw new YamlException(config.Start, config.End, "config holds no keys with values");
        foreach (var (name, value) in settings.Children)
        {
            var key = Key(name);
            if (!key.Contains(':', StringComparison.Ordinal)) throw new YamlException(name.Start, name.End, $"'{key}' has no namespace before it, as {Namespace}{key}");
            if (key.StartsWith(ProviderSettingsReader.Namespace, StringComparison.Ordinal))
            {
                if (IsEncrypted(value)) encryptedProvider.Add(key[ProviderSettingsReader.Namespace.Length..]);
                else provider[key[ProviderSettingsReader.Namespace.Length..]] = Text(value);
            }
            // Settings of other programs are theirs.
            if (!key.StartsWith(Namespace, StringComparison.Ordinal)) continue;
            key = key[Namespace.Length..];
            if (IsEncrypted(value)) encrypted.Add(key);
            else values[key] = Text(value);
        }
        return new(values, encrypted) { Provider = provider, EncryptedProvider = encryptedProvider };
    }

    private static bool IsEncrypted(YamlNode value) => value is YamlMappingNode map && map.Children.Count == 1 && map.Children.ContainsKey("secure");

    private static string Text(YamlNode value) => value is YamlScalarNode scalar ? scalar.Value ?? "" : JsonSerializer.Serialize(Plain(value));

    private static string Key(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : throw new YamlException(node.Start, node.End, "a key is a list or a map, and must be a word");

    // An alias may stand inside of what it names, so there is no end to be relied on.
    private static object? Plain(YamlNode node, int depth = 0) => node switch
    {
        _ when depth > MaxDepth => throw new YamlException(node.Start, node.End, $"more than {MaxDepth} levels lie in one another"),
        YamlMappingNode map => map.Children.ToDictionary(child => Key(child.Key), child => Plain(child.Value, depth + 1)),
        YamlSequenceNode list => list.Select(one => Plain(one, depth + 1)).ToList(),
        YamlScalarNode scalar => scalar.Value,
        _ => null,
    };
}
