using System.Net.Security;

namespace Causeway.Turn.Engines;

/// <summary>Bounds on TCP and TLS clients, and the certificate of the latter.</summary>
public sealed record StreamSettings
{
    /// <summary>Connections at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Connections at once from one IPv4 address, or one IPv6 network of 64 bits.</summary>
    public int ConnectionsPerAddress { get; init; } = 200;

    /// <summary>How long a client may take for the TLS handshake and its first message.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client without an allocation may be silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take none of what is sent to it, before it is closed.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that wait for one slow reader; what comes beyond is dropped, as a full network queue would.</summary>
    public int SendBufferBytes { get; init; } = 256 * 1024;

    /// <summary>The certificate to show, asked for at every handshake so that a renewed one is used at once; null when there is no TLS listener.</summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }
}
