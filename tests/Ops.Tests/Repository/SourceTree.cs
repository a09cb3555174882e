namespace Causeway.Ops.Tests.Repository;

/// <summary>The folders and files of the repository, without those that .gitignore names.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> Ignored =
    [
        ".git",
        .. File.ReadLines(Checkout.At(".gitignore")).Where(line => line.EndsWith('/')).Select(line => line.Trim('/')),
    ];

    /// <summary>Gets all folders, as paths from the top with slashes.</summary>
    public static IEnumerable<string> Folders => Below("").Select(PathOf);

    /// <summary>Gets all files, as paths from the top with slashes.</summary>
    public static IEnumerable<string> Files => Below("").Prepend(Checkout.Root).SelectMany(Directory.EnumerateFiles)
        // In a worktree, .git is a file.
        .Where(file => !Ignored.Contains(Path.GetFileName(file))).Select(PathOf);

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateDirectories(Checkout.At(folder))
        .Where(inner => !Ignored.Contains(Path.GetFileName(inner)))
        .SelectMany(inner => Below(inner).Prepend(inner));

    private static string PathOf(string path) => Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/');
}
