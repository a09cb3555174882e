namespace Causeway.Turn.Options;

/// <summary>An endpoint that clients connect to.</summary>
public sealed class RelayListenerOptions
{
    /// <summary>
    /// Gets the transport between client and relay: <c>udp</c>, <c>tcp</c>, <c>tls</c>, or <c>tcp+tls</c> for both on one port: the first
    /// byte of a connection tells them apart. Defaults to <c>udp</c>.
    /// </summary>
    public string Transport { get; init; } = "udp";

    /// <summary>
    /// Gets the local address; <c>0.0.0.0</c> means every IPv4 address, <c>::</c> every IPv6 address and no IPv4 address. Defaults to
    /// <c>0.0.0.0</c>.
    /// </summary>
    public string Address { get; init; } = "0.0.0.0";

    /// <summary>Gets the local port; 0 lets the system choose (for tests). Defaults to 3478.</summary>
    public int Port { get; init; } = 3478;

    /// <summary>
    /// Gets the prefixes (<c>10.0.0.0/24</c>) of load balancers and proxies in front of a listener of <c>tcp</c>, <c>tls</c> or
    /// <c>tcp+tls</c>. A connection from them must begin with a header of the PROXY protocol, version 2 (binary), and its client is the one
    /// that the header names; without a valid header it is closed. A connection from elsewhere is that of a direct client. Defaults to
    /// none.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];
}
