namespace Causeway.Relay.Machine;

/// <summary>The number of allocations that the memory allows.</summary>
internal static class RelayMemory
{
    /// <summary>
    /// The memory for one allocation, in bytes. Measured: 11 KB of resident memory for each of 2,947 over UDP; as much again with all its
    /// permissions and channels, and the system's memory for a socket.
    /// </summary>
    public const int BytesPerAllocation = 32 * 1024;

    // The other half is for stream connections, the runtime and other programs.
    private const int Share = 2;

    /// <summary>The allocations that fit into half of the memory of this process: the host's, or its control group's.</summary>
    public static int Allocations { get; } = For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>The allocations that fit into half of some memory, at least one.</summary>
    /// <param name="bytes">The memory in bytes.</param>
    public static int For(long bytes) => (int)Math.Clamp(bytes / Share / BytesPerAllocation, 1, int.MaxValue);
}
