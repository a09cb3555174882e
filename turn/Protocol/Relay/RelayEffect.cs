namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// What the state machine wants done outside: the control plane's effects, polled in order. Effects that can fail are answered
/// by an input of their own, and only then is the client told.
/// </summary>
public abstract record RelayEffect;

/// <summary>Send a STUN message to a client.</summary>
/// <param name="Client">The receiver.</param>
/// <param name="Message">The whole message.</param>
public sealed record SendToClient(ClientHandle Client, ReadOnlyMemory<byte> Message) : RelayEffect;

/// <summary>
/// Open a UDP socket for an allocation; answered by <c>HandleRelayOpened</c> or <c>HandleRelayFailed</c>. What it then receives
/// goes to <c>HandlePeer</c>.
/// </summary>
/// <param name="Allocation">Who owns the socket.</param>
/// <param name="Local">The local address and port to bind.</param>
public sealed record OpenRelay(AllocationId Allocation, TransportAddress Local) : RelayEffect
{
    /// <summary>Whether it is for one of <see cref="ProbeClients"/>, and may take what is kept for them.</summary>
    public bool IsProbe { get; init; }
}

/// <summary>
/// A socket that is open belongs to another allocation from now on, perhaps to one of another shard: what it receives goes there. It was kept open for a
/// reservation (RFC 8656 §7.2, RESERVATION-TOKEN). Cannot fail.
/// </summary>
/// <param name="Allocation">Who owns the socket now.</param>
/// <param name="Reserved">The name under which it was opened.</param>
/// <param name="Local">The local address and port that it is bound to.</param>
public sealed record ReassignRelay(AllocationId Allocation, AllocationId Reserved, TransportAddress Local) : RelayEffect;

/// <summary>Close the UDP socket at a local address. Cannot fail.</summary>
/// <param name="Allocation">Who owned the socket.</param>
/// <param name="Local">The local address and port that it is bound to.</param>
public sealed record CloseRelay(AllocationId Allocation, TransportAddress Local) : RelayEffect;

/// <summary>Close a client's connection; for streams only. Its allocation is gone already.</summary>
/// <param name="Client">Whose connection.</param>
public sealed record CloseClient(ClientHandle Client) : RelayEffect;

/// <summary>An allocation stands and its client was told; for logs and session summaries.</summary>
/// <param name="Allocation">Which one.</param>
/// <param name="Client">Whose.</param>
/// <param name="Subject">The subject of the credential that made it.</param>
/// <param name="Relayed">The relayed transport address as peers see it; of a dual allocation the first one.</param>
public sealed record AllocationCreated(AllocationId Allocation, ClientHandle Client, string Subject, TransportAddress Relayed) : RelayEffect;

/// <summary>An allocation ended; for logs and session summaries.</summary>
/// <param name="Allocation">Which one.</param>
/// <param name="Client">Whose.</param>
/// <param name="Subject">The subject of the credential that made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Usage">What it relayed.</param>
public sealed record AllocationEnded(AllocationId Allocation, ClientHandle Client, string Subject, AllocationEnd Reason, AllocationUsage Usage) : RelayEffect;

/// <summary>Why an allocation ended.</summary>
public enum AllocationEnd : byte
{
    /// <summary>The client refreshed it with a lifetime of zero.</summary>
    Released,

    /// <summary>Nobody refreshed it in time.</summary>
    Expired,

    /// <summary>The client's connection closed.</summary>
    ClientGone,

    /// <summary>Its subject was revoked.</summary>
    Revoked,

    /// <summary>The relay closed down.</summary>
    Closed,
}

/// <summary>Payload that an allocation relayed, headers not counted.</summary>
/// <param name="PacketsToPeers">Packets from the client.</param>
/// <param name="BytesToPeers">Bytes from the client.</param>
/// <param name="PacketsToClient">Packets to the client.</param>
/// <param name="BytesToClient">Bytes to the client.</param>
public readonly record struct AllocationUsage(long PacketsToPeers, long BytesToPeers, long PacketsToClient, long BytesToClient);

/// <summary>Why a relay socket could not be opened.</summary>
public enum RelayFailure : byte
{
    /// <summary>The port is taken; another one may do.</summary>
    PortInUse,

    /// <summary>The system refuses sockets for now (descriptors, memory).</summary>
    Exhausted,

    /// <summary>The address is not one of this host, or its family is not served.</summary>
    AddressNotAvailable,
}
