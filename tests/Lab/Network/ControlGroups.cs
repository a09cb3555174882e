namespace Causeway.Lab.Network;

/// <summary>
/// The control groups (version 2, cgroups(7)) that booted machines run in. One has the name of its host's namespace, and is removed with
/// that.
/// </summary>
internal static class ControlGroups
{
    /// <summary>
    /// The folder where this machine mounts them: beside those of version 1, or instead of these. Null where there is none.
    /// </summary>
    public static string? Root { get; } = File.Exists("/proc/self/mounts")
        ? File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1]
        : null;

    /// <summary>The names of all groups at the top.</summary>
    public static IEnumerable<string> All =>
        Root is null ? [] : Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path));

    /// <summary>Kills every process in a group and those below it, and removes them; a missing group is not an error.</summary>
    public static void Remove(string name)
    {
        if (Root is null || Path.Combine(Root, name) is var group && !Directory.Exists(group)) return;
        if (Path.Combine(group, "cgroup.kill") is var kill && File.Exists(kill)) File.WriteAllText(kill, "1");
        for (var round = 1; ; round++)
        {
            try
            {
                RemoveFromBelow(group);
                return;
            }
            catch (IOException) when (round < 100)
            {
                // Who was killed leaves a moment later.
                Thread.Sleep(20);
            }
        }
    }

    // A group is an empty folder to who removes it, whatever the kernel shows in it.
    private static void RemoveFromBelow(string group)
    {
        foreach (var below in Directory.GetDirectories(group)) RemoveFromBelow(below);
        Directory.Delete(group);
    }
}
