using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines;

/// <summary>
/// The file descriptors that the system allows this process. A process that has none left cannot even load code that it needs, and ends; so clients' sockets
/// leave a reserve. The system always gives the lowest number that is free: one in the reserve says that all below it are in use, by whomever.
/// </summary>
public sealed partial class DescriptorLimit
{
    private const int RLimitNoFile = 7; // Linux's asm-generic/resource.h; the same on x64 and arm64
    private const string Open = "/proc/self/fd";

    /// <summary>No limit is known, and nothing is kept.</summary>
    public static DescriptorLimit None { get; } = new(long.MaxValue, 0);

    /// <param name="limit">How many there may be.</param>
    /// <param name="reserve">How many of them clients do not get.</param>
    public DescriptorLimit(long limit, int reserve) => (Limit, Reserve) = (limit, reserve);

    /// <summary>How many there may be; <see cref="long.MaxValue"/> where that is not known.</summary>
    public long Limit { get; }

    /// <summary>How many of them clients do not get.</summary>
    public int Reserve { get; }

    /// <summary>The limit of this process (<c>ulimit -n</c>); elsewhere than on Linux none is known.</summary>
    public static DescriptorLimit Of(int reserve) =>
        OperatingSystem.IsLinux() && GetRLimit(RLimitNoFile, out var limit) == 0 && limit.Current <= long.MaxValue ? new((long)limit.Current, reserve) : None;

    /// <summary>How many are in use now; 0 where that is not known.</summary>
    public static int InUse() => Directory.Exists(Open) ? Directory.EnumerateFileSystemEntries(Open).Count() : 0;

    /// <summary>Whether a descriptor that was just given is one of the reserve.</summary>
    public bool IsOfReserve(SafeHandle descriptor) => Limit < long.MaxValue && descriptor.DangerousGetHandle() >= Limit - Reserve;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetRLimit(int resource, out Limits limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Current;
        public ulong Max;
    }
}
