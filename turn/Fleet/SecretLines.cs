namespace Causeway.Turn.Fleet;

/// <summary>A file with one secret in each line, the current one first. What stands in it never reaches a message.</summary>
public static class SecretLines
{
    /// <summary>The lines that hold something, without the space around them; read as they are asked for.</summary>
    public static IEnumerable<string> Of(string file) => File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0);

    /// <summary>Reads a file that a setting names.</summary>
    /// <param name="setting">The setting, for messages.</param>
    /// <param name="file">The file.</param>
    /// <param name="mistakes">Receives a line when it cannot be read.</param>
    /// <param name="most">How many lines are read at most.</param>
    /// <returns>Its lines; null when it cannot be read.</returns>
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
