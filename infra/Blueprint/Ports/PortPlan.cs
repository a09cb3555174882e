using Causeway.Turn.Client;

namespace Causeway.Blueprint.Ports;

/// <summary>The ports of a stack. Every rule, setting and URL takes its port from here.</summary>
/// <param name="Web">The TCP port of the page and its WebSocket.</param>
/// <param name="Relayed">The UDP ports of relayed transport addresses.</param>
public sealed record PortPlan(int Web, IReadOnlyList<TransportPort> Transports, PortRange Relayed)
{
    public const int HttpsPort = 443;                 // also of TURN over TLS: it is open where nothing else is
    public const int TurnPort = IceUrl.DefaultPort;   // registered for STUN and TURN over UDP and TCP (RFC 8656 §6)
    public const int RemoteDesktop = 3389;            // the only closed port that relayed ports could contain
    public const int FewestRelayed = 100;             // each allocation takes one
    public const int FewestOwn = 4096;                // left for the host's own connections
    public const int FirstOwn = 1024;                 // the first that is not a system port (RFC 6335 §6)
    private const int LastPort = 65535;

    /// <summary>
    /// Gets the ports that are always closed, so that no setting may use them: SSH, which the image's own server uses, plain HTTP, and
    /// remote desktop, which scanners try first.
    /// </summary>
    public static IReadOnlyList<int> Closed { get; } = [22, 80, RemoteDesktop];

    /// <summary>
    /// Gets the ports of the host's own connections: Linux's default (ip_local_port_range in ip-sysctl.rst) if the relayed ports leave
    /// enough of it, otherwise the larger range below or above the relayed ports.
    /// </summary>
    public PortRange Own
    {
        get
        {
            var usual = new PortRange(32768, 60999);
            if (usual.Count - Relayed.Overlap(usual) >= FewestOwn) return usual;
            var (below, above) = (Relayed.First - FirstOwn, LastPort - Relayed.Last);
            return below >= above ? new(FirstOwn, Relayed.First - 1) : new(Relayed.Last + 1, LastPort);
        }
    }

    /// <summary>Whether relayed ports leave enough for the host's own connections.</summary>
    public static bool LeavesEnough(PortRange relayed) => Math.Max(relayed.First - FirstOwn, LastPort - relayed.Last) >= FewestOwn;
}
