using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Causeway.Publishing;

/// <summary>
/// The inputs of a published program: its project and all that it references, the files that configure their build, and the code that
/// packs the archive.
/// </summary>
internal static class PublishInputs
{
    // Read by MSBuild, NuGet or the SDK from the folders above a project.
    private static readonly string[] Configuration =
    [
        "Directory.*.props", "Directory.*.targets", "Directory.Build.rsp",
        "global.json", "nuget.config", ".editorconfig", ".globalconfig",
    ];

    // The code that packs: DeterministicTar is in the second folder.
    private static readonly string[] Packing = ["infra/Publishing", "infra/Blueprint/Storage"];

    /// <summary>Hashes every input: the key changes when, and only when, the program can change.</summary>
    /// <param name="root">The checkout's top folder.</param>
    /// <param name="project">The project, relative to it.</param>
    /// <param name="circumstances">Other inputs: versions and arguments.</param>
    /// <exception cref="PublishException">A project file names inputs that can't be followed.</exception>
    public static string Key(string root, string project, IEnumerable<string> circumstances)
    {
        var text = new StringBuilder();
        foreach (var line in circumstances) text.Append(line).Append('\n');
        foreach (var file in Files(root, project))
        {
            using var content = File.OpenRead(Path.Combine(root, file));
            text.Append(file).Append(' ').Append(Convert.ToHexStringLower(SHA256.HashData(content))).Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The files, relative to the checkout's top folder, in ordinal order.</summary>
    public static IReadOnlyCollection<string> Files(string root, string project)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        var projects = new Queue<string>([Path.Combine(root, project)]);
        var seen = new HashSet<string>();
        while (projects.TryDequeue(out var file))
        {
            if (!seen.Add(file = Path.GetFullPath(file))) continue;
            var folder = Path.GetDirectoryName(file)!;
            Add(Below(folder));
            for (var above = folder; above?.StartsWith(root, StringComparison.Ordinal) == true; above = Path.GetDirectoryName(above))
                Add(Configuration.SelectMany(pattern => Directory.EnumerateFiles(above, pattern)));

            foreach (var (kind, other) in Outside(file))
            {
                if (kind == "ProjectReference") projects.Enqueue(other);
                else Add([other]);
            }
        }
        foreach (var folder in Packing.Select(name => Path.Combine(root, name)).Where(Directory.Exists)) Add(Below(folder));
        return files;

        void Add(IEnumerable<string> paths) => files.UnionWith(paths.Select(path => Path.GetRelativePath(root, path)));
    }

    // What a project includes from other folders: other projects, mostly.
    private static IEnumerable<(string Kind, string Path)> Outside(string project)
    {
        if (!File.Exists(project)) throw new PublishException($"{project} is missing; restore the checkout");
        var folder = Path.GetDirectoryName(project)!;
        foreach (var item in XDocument.Load(project).Descendants().Where(element => element.Parent?.Name.LocalName == "ItemGroup"))
        {
            var kind = item.Name.LocalName;
            if (item.Attribute("Include")?.Value.Replace('\\', '/') is not { } included) continue;
            if (kind != "ProjectReference" && !included.Contains("../", StringComparison.Ordinal)) continue;
            if (included.IndexOfAny(['$', '@', '*', '?', ';']) >= 0)
                throw new PublishException($"{project}: can't follow {kind} {included}; list each file of another folder by its path");
            yield return (kind, Path.GetFullPath(Path.Combine(folder, included)));
        }
    }

    // Everything in a folder except what builds and editors leave there.
    private static IEnumerable<string> Below(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => Path.GetFileName(inner) is not ("bin" or "obj") and not ['.', ..])
            .SelectMany(Below));
}
