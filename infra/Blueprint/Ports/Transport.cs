namespace Causeway.Blueprint.Ports;

/// <summary>The transport between client and relay (RFC 8656 §2.1). Between relay and peer it is always UDP.</summary>
public enum Transport
{
    Udp,

    Tcp,

    /// <summary>TURN over TLS over TCP, the <c>turns:</c> scheme (RFC 7065 §3.2).</summary>
    Tls,
}

/// <summary>A transport and the port that the relay offers it on.</summary>
public sealed record TransportPort(Transport Transport, int Port);

public static class TransportNames
{
    /// <summary>The name in settings: <c>udp</c>, <c>tcp</c>, <c>tls</c>.</summary>
    public static string SettingName(this Transport transport) => $"{transport}".ToLowerInvariant();

    /// <summary>The IP protocol: <c>udp</c> or <c>tcp</c>.</summary>
    public static string IpProtocol(this Transport transport) => transport == Transport.Udp ? "udp" : "tcp";
}
