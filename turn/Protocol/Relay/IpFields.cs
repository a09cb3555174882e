namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// The fields of the IP header that a relayed packet keeps (RFC 8656 §13, §14). The default is what the system writes on its own, and what
/// data from a stream has: best effort, not ECN-capable, the system's hop limit (§15).
/// </summary>
/// <param name="TrafficClass">
/// DSCP (upper six bits) and ECN (lower two bits): TOS of IPv4, the traffic class of IPv6. ECN must pass unchanged, so that congestion
/// marks of one path reach the receiver behind the other (RFC 3168, RFC 9330).
/// </param>
/// <param name="HopLimit">TTL of IPv4, the hop limit of IPv6; null when it is unknown.</param>
public readonly record struct IpFields(byte TrafficClass, byte? HopLimit)
{
    /// <summary>
    /// Does a router's part: one hop less. False when no hop is left: the packet must be dropped (RFC 8656 §14, TTL).
    /// </summary>
    internal bool TryHop(out IpFields next)
    {
        next = HopLimit is { } hops and > 0 ? this with { HopLimit = (byte)(hops - 1) } : this;
        return next.HopLimit is not 0;
    }
}
