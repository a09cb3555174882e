using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Local;

/// <summary>The settings of a local environment.</summary>
public sealed record LocalSettings
{
    /// <summary>
    /// Gets the literal IP address of this machine that browsers and peers reach: loopback, or with <see cref="Lan"/> one of the local
    /// network. Defaults to 127.0.0.1.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>
    /// Gets whether it serves other devices of the local network, over HTTPS, which browsers require for a camera. Defaults to false.
    /// </summary>
    public bool Lan { get; init; }

    /// <summary>
    /// Gets the port of the page and the WebSocket. Defaults to <see cref="DefaultPort"/>, or <see cref="DefaultLanPort"/> with
    /// <see cref="Lan"/>.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>The port that the relay listens on.</summary>
    public int RelayPort { get; init; } = PortPlan.TurnPort;

    /// <summary>The relayed ports, first and last.</summary>
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

    /// <summary>Gets the loopback port of the relay's health and metrics. Defaults to null: none.</summary>
    public int? AdminPort { get; init; }

    /// <summary>The page's port on loopback.</summary>
    public const int DefaultPort = 8080;

    /// <summary>The page's port on the local network.</summary>
    public const int DefaultLanPort = 8443;
}
