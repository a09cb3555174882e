namespace Causeway.Lab.Network;

/// <summary>Removes what runs of the lab left behind that were killed before they could do it themselves.</summary>
internal static class Leftovers
{
    /// <summary>Removes namespaces, with the processes in them, and scratch folders of owners that no longer run.</summary>
    public static void Clear()
    {
        foreach (var name in NetworkNamespace.All.Where(IsLeftOver).ToList()) new NetworkNamespace(name).Remove();
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath()).Where(path => IsLeftOver(Path.GetFileName(path))).ToList())
            Directory.Delete(folder, recursive: true);
    }

    private static bool IsLeftOver(string name) => LabOwner.Of(name) is { IsAlive: false };
}
