namespace Causeway.Turn.Fleet;

/// <summary>Reads files with one secret per line, the current one first. Their contents never appear in a message.</summary>
public static class SecretLines
{
    /// <summary>The non-empty lines, trimmed; read lazily.</summary>
    public static IEnumerable<string> Of(string file) => File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0);

    /// <summary>Reads a file of a setting.</summary>
    /// <param name="setting">The setting, for messages.</param>
    /// <param name="file">The file.</param>
    /// <param name="mistakes">Receives a line if the file can't be read.</param>
    /// <param name="most">The maximum number of lines to read.</param>
    /// <returns>The lines; null if the file can't be read.</returns>
    public static List<string>? Read(string setting, string file, ICollection<string> mistakes, int most = int.MaxValue)
    {
        try
        {
            return [.. Of(file).Take(most)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            mistakes.Add($"{setting}: {file} cannot be read ({failure.Message.TrimEnd('.')}); check its path and permissions");
            return null;
        }
    }
}
