using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Local;

/// <summary>What a person may choose about the environment on their own machine.</summary>
public sealed record LocalSettings
{
    /// <summary>
    /// The address of this machine that browsers and relayed media reach: a loopback address, or one of the local network with <see cref="Lan"/>.
    /// A literal IPv4 or IPv6 address: media needs an address, and a name could mean several.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Serves the other devices of the local network: then over HTTPS, because browsers give no camera to a plain page from elsewhere.</summary>
    public bool Lan { get; init; }

    /// <summary>The port of the web page and the WebSocket. Null: <see cref="DefaultPort"/>, or <see cref="DefaultLanPort"/> with <see cref="Lan"/>.</summary>
    public int? Port { get; init; }

    /// <summary>The port that the relay listens on.</summary>
    public int RelayPort { get; init; } = PortPlan.TurnPort;

    /// <summary>The relayed ports, first and last.</summary>
    public string RelayPorts { get; init; } = PortRange.Dynamic.ToString();

    /// <summary>What clients may speak with the relay over. TLS is not among them here: browsers accept no self-made certificate for <c>turns:</c>.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [Transport.Udp];

    /// <summary>PEM file of the certificate chain; with <see cref="Lan"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the certificate's key; with <see cref="Lan"/>.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Where the relay's health and metrics are served, on loopback; null: nowhere.</summary>
    public int? AdminPort { get; init; }

    /// <summary>The page's port on loopback.</summary>
    public const int DefaultPort = 8080;

    /// <summary>The page's port on the local network.</summary>
    public const int DefaultLanPort = 8443;
}
