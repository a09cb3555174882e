namespace Causeway.Blueprint.Ports;

/// <summary>The transport between client and relay (RFC 8656 §2.1). Between relay and peer it is always UDP.</summary>
public enum Transport
{
    Udp,
    Tcp,
    Tls,   // over TCP, the turns: scheme (RFC 7065 §3.2)
}

public sealed record TransportPort(Transport Transport, int Port);

public static class TransportNames
{
    /// <summary>The name in settings: <c>udp</c>, <c>tcp</c>, <c>tls</c>.</summary>
    public static string SettingName(this Transport transport) => $"{transport}".ToLowerInvariant();

    public static string IpProtocol(this Transport transport) => transport == Transport.Udp ? "udp" : "tcp";
}
