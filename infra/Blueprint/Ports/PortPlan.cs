using Causeway.Turn.Client;

namespace Causeway.Blueprint.Ports;

/// <summary>Which port does what. Every rule, setting and URL that names a port takes it from here.</summary>
/// <param name="Web">The port of the page and its WebSocket, TCP.</param>
/// <param name="Transports">The relay's transports with their ports.</param>
/// <param name="Relayed">The UDP ports of relayed transport addresses.</param>
public sealed record PortPlan(int Web, IReadOnlyList<TransportPort> Transports, PortRange Relayed)
{
    /// <summary>The registered port of STUN and TURN over UDP and TCP (RFC 8656 §6).</summary>
    public const int TurnPort = IceUrl.DefaultPort;

    /// <summary>
    /// Ports that are closed to the world whatever is set, and so nobody's to choose: SSH, which the image's own server holds; plain HTTP, which nothing here
    /// speaks; and remote desktop, the port that scanners ask for first.
    /// </summary>
    public static IReadOnlyList<int> Closed { get; } = [22, 80, RemoteDesktop];

    /// <summary>The port of remote desktop, the only closed one that relayed ports could contain.</summary>
    public const int RemoteDesktop = 3389;

    /// <summary>The fewest relayed ports: each allocation takes one.</summary>
    public const int FewestRelayed = 100;

    /// <summary>The fewest ports that the relayed ones must leave to the host for connections of its own.</summary>
    public const int FewestOwn = 4096;

    /// <summary>
    /// The ports that the host takes for its own connections: Linux's usual ones (ip_local_port_range in ip-sysctl.rst) where the relayed ones leave enough of
    /// them, otherwise the longer stretch below or above the relayed ones.
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

    /// <summary>Whether relayed ports leave the host enough for connections of its own.</summary>
    /// <param name="relayed">The relayed ports.</param>
    public static bool LeavesEnough(PortRange relayed) => Math.Max(relayed.First - FirstOwn, LastPort - relayed.Last) >= FewestOwn;

    /// <summary>The first port that is not a system port (RFC 6335 §6).</summary>
    public const int FirstOwn = 1024;

    private const int LastPort = 65535;

    /// <summary>The port of HTTPS, which also carries TURN over TLS: the one that is open where nothing else is.</summary>
    public const int HttpsPort = 443;
}
