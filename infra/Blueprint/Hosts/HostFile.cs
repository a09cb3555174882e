namespace Causeway.Blueprint.Hosts;

/// <summary>A file that a host is given when it is made.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Mode">Its permissions, like <c>0644</c>. Its owner is root.</param>
/// <param name="Content">Its text.</param>
public sealed record HostFile(string Path, string Mode, string Content)
{
    /// <summary>A file that everybody may read.</summary>
    public static HostFile Readable(string path, string content) => new(path, "0644", content);

    /// <summary>A file that root alone may read.</summary>
    public static HostFile Private(string path, string content) => new(path, "0600", content);

    /// <summary>A program of root's.</summary>
    public static HostFile Program(string path, string content) => new(path, "0755", content);

    /// <summary>One of the files in <c>infra/Blueprint/Boot/Files</c>, which are real scripts so that they can be checked and read as such.</summary>
    public static string Script(string name)
    {
        using var stream = typeof(HostFile).Assembly.GetManifestResourceStream($"Boot.{name}")
            ?? throw new ArgumentException($"there is no script {name}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
