namespace Causeway.Relay.Machine;

/// <summary>How many allocations the memory allows.</summary>
internal static class RelayMemory
{
    /// <summary>
    /// What one allocation may cost, in bytes. Measured: 11 KB of resident memory for each of 2,947 over UDP; as much again with all its
    /// permissions and channels, and
    /// the system's own for a socket.
    /// </summary>
    public const int BytesPerAllocation = 32 * 1024;

    // The other half is for connections of streams, for the runtime, and for whatever else runs on the host.
    private const int Share = 2;

    /// <summary>As many as half of the memory holds that this process may have: the host's, or its control group's.</summary>
    public static int Allocations { get; } = For(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>As many as half of some memory holds, and one at least.</summary>
    /// <param name="bytes">The memory.</param>
    public static int For(long bytes) => (int)Math.Clamp(bytes / Share / BytesPerAllocation, 1, int.MaxValue);
}
