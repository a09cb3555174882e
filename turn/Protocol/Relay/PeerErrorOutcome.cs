namespace Causeway.Turn.Protocol.Relay;

/// <summary>What became of an ICMP error for a datagram to a peer. Counted by <see cref="RelayCounters.PeerErrors"/>.</summary>
public enum PeerErrorOutcome : byte
{
    /// <summary>Reported to the client (RFC 8656 §11.5).</summary>
    Reported,

    /// <summary>A type that is not for clients, such as a redirect or a parameter problem.</summary>
    OtherType,

    /// <summary>The relay socket has no allocation (any more).</summary>
    NoAllocation,

    /// <summary>The client has no permission for the peer; it sent nothing there.</summary>
    NoPermission,

    /// <summary>
    /// The peer is a relayed transport address of this relay, or an address of its host that no setting allows. Nothing to these leaves
    /// the process, so the error is forged.
    /// </summary>
    NotRelayed,

    /// <summary>Beyond the rate of the allocation: anyone can forge ICMP.</summary>
    Limited,
}
