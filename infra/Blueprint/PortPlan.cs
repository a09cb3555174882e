namespace Causeway.Blueprint;

/// <summary>Which port does what. Every rule, setting and URL that names a port takes it from here.</summary>
/// <param name="Web">The port of the page and its WebSocket, TCP.</param>
/// <param name="Transports">The relay's transports with their ports.</param>
/// <param name="Relayed">The UDP ports of relayed transport addresses.</param>
public sealed record PortPlan(int Web, IReadOnlyList<TransportPort> Transports, PortRange Relayed)
{
    /// <summary>The registered port of STUN and TURN over UDP and TCP (RFC 8656 §6).</summary>
    public const int TurnPort = 3478;

    /// <summary>The port of HTTPS, which also carries TURN over TLS: the one that is open where nothing else is.</summary>
    public const int HttpsPort = 443;
}
