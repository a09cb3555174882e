using System.Text;

namespace Causeway.Blueprint.Hosts;

/// <summary>
/// What cloud-init does at the first boot: it writes files, then runs commands. It is the user-data, which any process on the instance can
/// read.
/// </summary>
/// <param name="Commands">The commands with their arguments.</param>
public sealed record CloudInit(IReadOnlyList<HostFile> Files, IReadOnlyList<IReadOnlyList<string>> Commands)
{
    /// <summary>The most bytes of user-data (EC2 user guide, "Run commands when you launch").</summary>
    public const int MaxBytes = 16 * 1024;

    public string Render()
    {
        var text = new StringBuilder("#cloud-config\nwrite_files:\n");
        foreach (var file in Files)
        {
            text.Append($"- path: {file.Path}\n");
            if (file.Mode != "0644") text.Append($"  permissions: '{file.Mode}'\n");
            text.Append("  content: |\n");
            foreach (var line in file.Content.TrimEnd('\n').Split('\n')) text.Append(line.Length == 0 ? "\n" : $"    {line}\n");
        }
        text.Append("runcmd:\n");
        foreach (var command in Commands) text.Append($"- [{string.Join(", ", command.Select(Quoted))}]\n");
        return text.ToString();
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "''", StringComparison.Ordinal)}'";
}
