using Causeway.Turn.Client;

namespace Causeway.Blueprint.Ports;

/// <summary>The ports of a stack. Every rule, setting and URL takes its port from here.</summary>
/// <param name="Web">The TCP port of the page and its WebSocket.</param>
/// <param name="Transports">The relay's transports with their ports.</param>
/// <param name="Relayed">The UDP ports of relayed transport addresses.</param>
public sealed record PortPlan(int Web, IReadOnlyList<TransportPort> Transports, PortRange Relayed)
{
    /// <summary>The registered port of STUN and TURN over UDP and TCP (RFC 8656 §6).</summary>
    public const int TurnPort = IceUrl.DefaultPort;

    /// <summary>
    /// Gets the ports that are always closed, so that no setting may use them: SSH, which the image's own server uses, plain HTTP, and
    /// remote desktop, which scanners try first.
    /// </summary>
    public static IReadOnlyList<int> Closed { get; } = [22, 80, RemoteDesktop];

    /// <summary>The port of remote desktop, the only closed one that relayed ports could contain.</summary>
    public const int RemoteDesktop = 3389;

    /// <summary>The fewest relayed ports: each allocation takes one.</summary>
    public const int FewestRelayed = 100;

    /// <summary>The fewest ports that must be left for the host's own connections.</summary>
    public const int FewestOwn = 4096;

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

    /// <summary>The first port that is not a system port (RFC 6335 §6).</summary>
    public const int FirstOwn = 1024;

    private const int LastPort = 65535;

    /// <summary>The port of HTTPS and of TURN over TLS, which is open where nothing else is.</summary>
    public const int HttpsPort = 443;
}
