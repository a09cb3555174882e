namespace Causeway.Turn.Options;

/// <summary>Limits on TCP and TLS clients.</summary>
public sealed class RelayStreamOptions
{
    /// <summary>
    /// Gets the number of open connections; beyond it a new one closes the oldest without an allocation. Defaults to 10,000.
    /// </summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>
    /// Gets the number of open connections from one IPv4 address or one IPv6 /64; a /56 has twice as many, a /48 four times. Beyond it a
    /// new one closes the oldest of them without an allocation. An office whose firewall blocks UDP shares one address. Defaults to 2,000.
    /// </summary>
    public int ConnectionsPerAddress { get; init; } = 2_000;

    /// <summary>Gets how long a client may take for the TLS handshake and its first message. Defaults to 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how long a connection may be without an allocation, whatever its client sends. Defaults to 30 seconds.</summary>
    public TimeSpan AllocationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a client may read nothing of what is sent to it before it is closed. Defaults to 30 seconds.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long relayed data may wait for a slow client; older data is dropped. Defaults to 500 milliseconds.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Gets the bytes that may wait for one slow client; beyond it the oldest relayed data is dropped. Defaults to 256 KiB.
    /// </summary>
    public int SendBufferBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// Gets the bytes that may wait for all slow clients together; the fuller it is, the less may wait for each. Defaults to 64 MiB.
    /// </summary>
    public long TotalSendBufferBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Gets the bytes of the system's send buffer of one connection (<c>SO_SNDBUF</c>), which Linux doubles for its own overhead; 0 lets it
    /// grow by itself. It limits a client's throughput to about this many bytes per round trip. Defaults to 128 KiB.
    /// </summary>
    public int SocketSendBufferBytes { get; init; } = 128 * 1024;

    /// <summary>
    /// Gets the unsent bytes that the system's send buffer accepts (<c>TCP_NOTSENT_LOWAT</c>); what comes beyond waits in the relay, which
    /// drops late data. Defaults to 16 KiB.
    /// </summary>
    public int SocketUnsentBytes { get; init; } = 16 * 1024;
}
