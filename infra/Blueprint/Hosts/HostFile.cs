namespace Causeway.Blueprint.Hosts;

/// <summary>A file of a new host, owned by root.</summary>
/// <param name="Mode">The permissions, like <c>0644</c>.</param>
public sealed record HostFile(string Path, string Mode, string Content)
{
    public static HostFile Readable(string path, string content) => new(path, "0644", content);

    public static HostFile Private(string path, string content) => new(path, "0600", content);

    public static HostFile Program(string path, string content) => new(path, "0755", content);

    /// <summary>A script of <c>infra/Blueprint/Boot/Files</c>.</summary>
    public static string Script(string name)
    {
        using var stream = typeof(HostFile).Assembly.GetManifestResourceStream($"Boot.{name}")
            ?? throw new ArgumentException($"there is no script {name}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
