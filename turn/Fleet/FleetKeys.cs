using System.Globalization;

namespace Causeway.Turn.Fleet;

/// <summary>Reads files of keys, one key per line, the current one first. Their values never appear in a message.</summary>
public static class FleetKeys
{
    private const int MinLength = 32;
    private const int MaxKeys = 8;

    /// <summary>Reads a file of keys.</summary>
    /// <param name="setting">The setting that names the file, for messages.</param>
    /// <param name="file">The file.</param>
    /// <param name="mistakes">Receives a line for each mistake.</param>
    /// <returns>The keys, the current one first.</returns>
    public static IReadOnlyList<string> Load(string setting, string file, ICollection<string> mistakes)
    {
        if (SecretLines.Read(setting, file, mistakes, MaxKeys + 1) is not { } keys) return [];
        if (keys.Count == 0) mistakes.Add($"{setting}: {file} is empty; write one key per line, the current one first");
        if (keys.Count > MaxKeys) mistakes.Add($"{setting}: {file} has more than {MaxKeys} keys; remove the unused ones");
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Length >= MinLength) continue;
            mistakes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{setting}: {file}, line {i + 1} has {keys[i].Length} characters; "
                + $"write at least {MinLength}, `openssl rand -base64 32` generates a key"));
        }

        return keys;
    }
}
