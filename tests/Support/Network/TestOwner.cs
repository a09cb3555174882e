using System.Globalization;

namespace Causeway.Tests.Support.Network;

/// <summary>
/// The process that a namespace, a control group or a temporary file or folder belongs to, written into its name. Process ids are used
/// again, so the name contains the process's start time too: a dead owner's leftovers are recognized without a register that
/// could be lost.
/// </summary>
public sealed record TestOwner(int Process, ulong Start)
{
    private const string Mark = "causeway-lab";

    /// <summary>This process.</summary>
    public static TestOwner Current { get; } = new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0);

    /// <summary>The name for something of this owner.</summary>
    public string NameOf(string thing) => string.Create(CultureInfo.InvariantCulture, $"{Mark}-{Process}-{Start}-{thing}");

    /// <summary>Whether the owner still runs.</summary>
    public bool IsAlive => StartOf(Process) == Start;

    /// <summary>Reads the owner out of a name; null when no test gave this name.</summary>
    public static TestOwner? Of(string name)
    {
        if (!name.StartsWith(Mark + "-", StringComparison.Ordinal)) return null;
        var parts = name[(Mark.Length + 1)..].Split('-');
        return parts.Length >= 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new(process, start)
            : null;
    }

    /// <summary>
    /// The start time of a process in clock ticks since boot (proc(5), stat field 22); null if it doesn't exist or is a zombie, as orphans
    /// are in a container whose first process does not reap them.
    /// </summary>
    private static ulong? StartOf(int process)
    {
        try
        {
            // The second field, the command's name in parentheses, may contain spaces: count from behind it.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : ulong.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
