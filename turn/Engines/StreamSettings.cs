using System.Net.Security;

namespace Causeway.Turn.Engines;

/// <summary>Bounds on TCP and TLS clients, and the certificate of the latter.</summary>
public sealed record StreamSettings
{
    /// <summary>Connections at once; beyond it the oldest without an allocation gives way.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Connections at once from one IPv4 address or one IPv6 /64; from an IPv6 /56 twice as many, from a /48 four times. An office
    /// whose firewall blocks UDP
    /// has one address.</summary>
    public int ConnectionsPerAddress { get; init; } = 2_000;

    /// <summary>How long a client may take for the TLS handshake and its first message.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be without an allocation, whatever its client sends.</summary>
    public TimeSpan AllocationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take none of what is sent to it, before it is closed.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long relayed data may wait for a client that takes too little; what is older is dropped.</summary>
    public TimeSpan MaxQueueDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes that wait for one slow reader; the oldest relayed data is dropped for what comes beyond.</summary>
    public int SendBufferBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes that wait for all slow readers together; the fuller it is, the less may wait for each.</summary>
    public long TotalSendBufferBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of the system's send buffer for one connection (<c>SO_SNDBUF</c>), which Linux doubles for its own overhead; 0 lets
    /// it grow by itself.</summary>
    public int SocketSendBufferBytes { get; init; } = 128 * 1024;

    /// <summary>Bytes in the system's send buffer that were not sent yet (<c>TCP_NOTSENT_LOWAT</c>), beyond which it takes no
    /// more.</summary>
    public int SocketUnsentBytes { get; init; } = 16 * 1024;

    /// <summary>The certificate to show, asked for at every handshake so that a renewed one is used at once; null when there is no TLS
    /// listener.</summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }
}
