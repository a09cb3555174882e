using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines;

/// <summary>
/// The file descriptors that the system allows this process. A process that has none left cannot even load code that it needs, and ends; so
/// clients' sockets
/// are counted and leave a reserve. Thread-safe.
/// </summary>
public sealed partial class DescriptorLimit
{
    private const int RLimitNoFile = 7; // Linux's asm-generic/resource.h; the same on x64 and arm64
    private const string Open = "/proc/self/fd";

    private long _room;
    private long _taken;

    /// <summary>A limit, of which clients get what the reserve leaves until <see cref="Measure"/> says what else is in use.</summary>
    /// <param name="limit">How many there may be.</param>
    /// <param name="reserve">How many of them clients do not get.</param>
    public DescriptorLimit(long limit, int reserve) => (Limit, Reserve, _room) = (limit, reserve, limit - reserve);

    /// <summary>How many there may be; <see cref="long.MaxValue"/> where that is not known.</summary>
    public long Limit { get; }

    /// <summary>How many of them clients do not get.</summary>
    public int Reserve { get; }

    /// <summary>How many clients' sockets may have.</summary>
    public long Room => Volatile.Read(ref _room);

    /// <summary>How many clients' sockets have.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>The limit of this process (<c>ulimit -n</c>); elsewhere than on Linux none is known.</summary>
    public static DescriptorLimit Of(int reserve) =>
        OperatingSystem.IsLinux() && GetRLimit(RLimitNoFile, out var limit) == 0 && limit.Current <= long.MaxValue ? new((long)limit.Current, reserve) : new(long.MaxValue, 0);

    /// <summary>Finds what the process itself uses, which is taken from the room of clients: when all is loaded, and before there are
    /// clients.</summary>
    /// <returns>How many are in use now; 0 where that is not known.</returns>
    public int Measure()
    {
        var used = Directory.Exists(Open) ? Directory.EnumerateFileSystemEntries(Open).Count() : 0;
        Volatile.Write(ref _room, Limit - Reserve - used);
        return used;
    }

    /// <summary>
    /// Counts a client's socket; false when it must be closed. The system gives the lowest number that is free, so a high one says that
    /// others of this process use
    /// more than they did.
    /// </summary>
    public bool TryTake(SafeHandle socket)
    {
        if (Interlocked.Increment(ref _taken) <= Room && (Limit == long.MaxValue || socket.DangerousGetHandle() < Limit - Reserve / 2)) return true;
        Return();
        return false;
    }

    /// <summary>A client's socket that was counted is closed.</summary>
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
