using Causeway.Turn.Fleet;
using Causeway.Turn.Options;
using static System.FormattableString;

namespace Causeway.Relay.Settings;

/// <summary>Reads the secrets of the options and of their file. Their values never appear in a message.</summary>
internal static class RelaySecrets
{
    private const string Advice = "`openssl rand -base64 32` generates one";

    public static IReadOnlyList<string> Load(RelayOptions options, int minLength, ICollection<string> mistakes)
    {
        var secrets = new List<string>();
        Add(i => Invariant($"relay.secrets[{i}]"), options.Secrets, secrets, minLength, mistakes);
        if (options.SecretsFile is { Length: > 0 } file && SecretLines.Read("relay.secretsFile", file, mistakes) is { } lines)
        {
            Add(i => Invariant($"relay.secretsFile: {file}, line {i + 1}"), lines, secrets, minLength, mistakes);
            if (lines.Count == 0) mistakes.Add($"relay.secretsFile: {file} is empty; write one secret per line, the current one first");
        }
        else if (options.Secrets.Count == 0 && string.IsNullOrEmpty(options.SecretsFile))
        {
            mistakes.Add($"relay.secrets: is empty, and so is relay.secretsFile; the relay needs a secret to verify credentials, {Advice}");
        }

        return secrets;
    }

    private static void Add(
        Func<int, string> where, IReadOnlyList<string> values, List<string> secrets, int minLength, ICollection<string> mistakes)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Length < minLength)
                mistakes.Add(Invariant($"{where(i)}: has {values[i].Length} characters; write at least {minLength}, {Advice}"));
            else if (!secrets.Contains(values[i])) secrets.Add(values[i]);
        }
    }
}
