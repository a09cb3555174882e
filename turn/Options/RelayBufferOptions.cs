namespace Causeway.Turn.Options;

/// <summary>
/// Sizes of the system's buffers of each UDP socket, for each direction. Linux grants <c>net.core.rmem_max</c> and <c>net.core.wmem_max</c>
/// at most, books about twice as much for its own overhead, and keeps all sockets together within <c>net.ipv4.udp_mem</c>.
/// </summary>
public sealed class RelayBufferOptions
{
    /// <summary>Gets the bytes of a listener's socket; there is one for each address and shard. Defaults to 4 MiB.</summary>
    public int ListenerBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Gets the bytes of a relay socket; there is one for each relayed address. Defaults to 256 KiB, enough for a burst of video.
    /// </summary>
    public int RelayBytes { get; init; } = 256 * 1024;
}
