namespace Causeway.Lab.Network;

/// <summary>Removes what runs of the lab left behind that were killed before they could do it themselves.</summary>
internal static class Leftovers
{
    /// <summary>
    /// Removes namespaces and control groups, with the processes in them, and temporary files of owners that no longer run.
    /// </summary>
    public static void Clear()
    {
        foreach (var name in NetworkNamespace.All.Where(IsLeftOver).ToList()) new NetworkNamespace(name).Dispose();
        foreach (var group in ControlGroups.All.Where(IsLeftOver).ToList()) ControlGroups.Remove(group);
        ClearFiles();
    }

    /// <summary>Removes temporary files and folders of owners that no longer run: what a user may do who may not make namespaces.</summary>
    public static void ClearFiles()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(Path.GetTempPath()).Where(path => IsLeftOver(Path.GetFileName(path)))
            .ToList())
        {
            try
            {
                if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
                else File.Delete(path);
            }
            catch (Exception others) when (others is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                // It is another user's, or another run removes it at this moment.
            }
        }
    }

    private static bool IsLeftOver(string name) => TestOwner.Of(name) is { IsAlive: false };
}
