using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines;

/// <summary>
/// The file descriptors of this process. A process without a free descriptor can't even load code that it needs, and crashes; so clients'
/// sockets are counted and leave a reserve. Thread-safe.
/// </summary>
public sealed partial class DescriptorLimit
{
    private const int RLimitNoFile = 7; // Linux's asm-generic/resource.h; the same on x64 and arm64
    private const string Open = "/proc/self/fd";

    private long _room;
    private long _taken;

    /// <summary>Creates a limit. Until <see cref="Measure"/> counts what else is in use, clients get all but the reserve.</summary>
    /// <param name="limit">The descriptors of the process.</param>
    /// <param name="reserve">The descriptors that clients don't get.</param>
    public DescriptorLimit(long limit, int reserve) => (Limit, Reserve, _room) = (limit, reserve, limit - reserve);

    /// <summary>The descriptors of the process; <see cref="long.MaxValue"/> if unknown.</summary>
    public long Limit { get; }

    /// <summary>The descriptors that clients don't get.</summary>
    public int Reserve { get; }

    /// <summary>The descriptors available to clients' sockets.</summary>
    public long Room => Volatile.Read(ref _room);

    /// <summary>The descriptors in use by clients' sockets.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>The limit of this process (<c>ulimit -n</c>); unknown on other systems than Linux.</summary>
    public static DescriptorLimit Of(int reserve) =>
        OperatingSystem.IsLinux() && GetRLimit(RLimitNoFile, out var limit) == 0 && limit.Current <= long.MaxValue
            ? new((long)limit.Current, reserve)
            : new(long.MaxValue, 0);

    /// <summary>
    /// Counts what the process itself uses and subtracts it from the clients' room. Call it when all is loaded and before the first client.
    /// </summary>
    /// <returns>The descriptors in use now; 0 if unknown.</returns>
    public int Measure()
    {
        var used = Directory.Exists(Open) ? Directory.EnumerateFileSystemEntries(Open).Count() : 0;
        Volatile.Write(ref _room, Limit - Reserve - used);
        return used;
    }

    /// <summary>
    /// Counts a client's socket; false when it must be closed. The system assigns the lowest free number, so a high one shows that the rest
    /// of the process uses more than before.
    /// </summary>
    public bool TryTake(SafeHandle socket)
    {
        var isFree = Interlocked.Increment(ref _taken) <= Room;
        if (isFree && (Limit == long.MaxValue || socket.DangerousGetHandle() < Limit - Reserve / 2)) return true;
        Return();
        return false;
    }

    /// <summary>Removes a client's counted socket.</summary>
    public void Return() => Interlocked.Decrement(ref _taken);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetRLimit(int resource, out Limits limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Current;
        public ulong Max;
    }
}
