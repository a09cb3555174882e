using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Local;

public sealed record LocalSettings
{
    public const int DefaultPort = 8080;
    public const int DefaultLanPort = 8443;

    /// <summary>
    /// Gets the literal IP address of this machine that browsers and peers reach: loopback, or with <see cref="Lan"/> one of the local
    /// network. Defaults to 127.0.0.1.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Gets whether it serves other devices of the local network, over HTTPS, which browsers require for a camera.</summary>
    public bool Lan { get; init; }

    /// <summary>
    /// Gets the port of the page and the WebSocket. Defaults to <see cref="DefaultPort"/>, or <see cref="DefaultLanPort"/> with
    /// <see cref="Lan"/>.
    /// </summary>
    public int? Port { get; init; }

    internal int PagePort => Port ?? (Lan ? DefaultLanPort : DefaultPort);

    public int RelayPort { get; init; } = PortPlan.TurnPort;
    public string RelayPorts { get; init; } = PortRange.Dynamic.ToString();

    /// <summary>
    /// Gets the transports between clients and relay, without TLS: browsers reject self-signed certificates for <c>turns:</c>. Defaults to
    /// UDP.
    /// </summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [Transport.Udp];

    /// <summary>Gets the PEM file of the certificate chain; required with <see cref="Lan"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Gets the PEM file of the certificate's key; required with <see cref="Lan"/>.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Gets the loopback port of the relay's health and metrics; null for none.</summary>
    public int? AdminPort { get; init; }
}
