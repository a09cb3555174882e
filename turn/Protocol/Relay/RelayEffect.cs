namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// What the engine has to do: the control plane's effects, polled in order. The outcome of an effect that can fail is an input, and the
/// client is answered after it.
/// </summary>
public abstract record RelayEffect;

/// <summary>Send a STUN message to a client.</summary>
/// <param name="Client">The receiver.</param>
/// <param name="Message">The whole message.</param>
public sealed record SendToClient(ClientHandle Client, ReadOnlyMemory<byte> Message) : RelayEffect;

/// <summary>
/// Open a UDP or TCP socket for an allocation; the outcome goes to <c>HandleRelayOpened</c> or <c>HandleRelayFailed</c>, and what a UDP
/// socket receives to <c>HandlePeer</c>.
/// </summary>
/// <param name="Allocation">The owner of the socket.</param>
/// <param name="Local">The local address and port to bind.</param>
public sealed record OpenRelay(AllocationId Allocation, TransportAddress Local) : RelayEffect
{
    /// <summary>Gets whether it is for one of <see cref="ProbeClients"/>, and may use the reserve that is kept for them.</summary>
    public bool IsProbe { get; init; }

    /// <summary>
    /// Gets whether it is a listening TCP socket (RFC 6062); accepted connections go to <c>HandlePeerAccepted</c>. Defaults to UDP.
    /// </summary>
    public bool IsTcp { get; init; }
}

/// <summary>
/// Give an open socket to another allocation, possibly of another shard: what it receives goes there from now on. It was kept open for a
/// reservation (RFC 8656 §7.2, RESERVATION-TOKEN). Can't fail.
/// </summary>
/// <param name="Allocation">The new owner.</param>
/// <param name="Reserved">The id that it was opened for.</param>
/// <param name="Local">The local address and port that it is bound to.</param>
public sealed record ReassignRelay(AllocationId Allocation, AllocationId Reserved, TransportAddress Local) : RelayEffect;

/// <summary>Close the UDP or TCP socket at a local address. Can't fail.</summary>
/// <param name="Allocation">The owner of the socket.</param>
/// <param name="Local">The local address and port that it is bound to.</param>
public sealed record CloseRelay(AllocationId Allocation, TransportAddress Local) : RelayEffect;

/// <summary>Close a client's connection; for streams only. Its allocation has ended.</summary>
/// <param name="Client">The client.</param>
public sealed record CloseClient(ClientHandle Client) : RelayEffect;

/// <summary>
/// Open a TCP connection from a relayed address to a peer (RFC 6062 §5.2); the outcome goes to <c>HandlePeerConnected</c> or
/// <c>HandlePeerFailed</c>.
/// </summary>
/// <param name="Connection">The connection.</param>
/// <param name="Local">The local address and port to connect from; a TCP socket listens there too.</param>
/// <param name="Peer">The address to connect to.</param>
public sealed record ConnectPeer(ConnectionId Connection, TransportAddress Local, TransportAddress Peer) : RelayEffect;

/// <summary>
/// Carry bytes between a peer's connection and a client's, which carries no more messages behind the response that was sent before
/// (RFC 6062 §5.4). Count them with <c>HandlePeerData</c>, and report the end of either connection with <c>HandlePeerClosed</c>, both of
/// the shard in the connection's id.
/// </summary>
/// <param name="Connection">The peer's connection; it may have been closed already, and then the client's is to be closed.</param>
/// <param name="Client">The client's connection.</param>
public sealed record BindPeer(ConnectionId Connection, ClientHandle Client) : RelayEffect;

/// <summary>Close a peer's connection, or stop opening it, and close the client's connection that is bound to it. Can't fail.</summary>
/// <param name="Connection">The connection.</param>
public sealed record ClosePeer(ConnectionId Connection) : RelayEffect;

/// <summary>An allocation was created and its client answered; for logs and session summaries.</summary>
/// <param name="Allocation">The allocation.</param>
/// <param name="Client">Its client.</param>
/// <param name="Subject">The subject of the credential that created it.</param>
/// <param name="Relayed">The relayed transport address as peers see it; of a dual allocation the first one.</param>
public sealed record AllocationCreated(AllocationId Allocation, ClientHandle Client, string Subject, TransportAddress Relayed)
    : RelayEffect;

/// <summary>An allocation ended; for logs and session summaries.</summary>
/// <param name="Allocation">The allocation.</param>
/// <param name="Client">Its client.</param>
/// <param name="Subject">The subject of the credential that created it.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Usage">The payload that it relayed.</param>
public sealed record AllocationEnded(
    AllocationId Allocation, ClientHandle Client, string Subject, AllocationEnd Reason, AllocationUsage Usage) : RelayEffect;

/// <summary>Why an allocation ended.</summary>
public enum AllocationEnd : byte
{
    /// <summary>The client deleted it, by a Refresh with a lifetime of zero.</summary>
    Released,

    /// <summary>It wasn't refreshed in time.</summary>
    Expired,

    /// <summary>The client's connection closed.</summary>
    ClientGone,

    /// <summary>Its subject was revoked.</summary>
    Revoked,

    /// <summary>The relay closed.</summary>
    Closed,

    /// <summary>The relay's operator ended it.</summary>
    Removed,
}

/// <summary>The payload that an allocation relayed, without headers.</summary>
/// <param name="PacketsToPeers">Packets from the client.</param>
/// <param name="BytesToPeers">Bytes from the client.</param>
/// <param name="PacketsToClient">Packets to the client.</param>
/// <param name="BytesToClient">Bytes to the client.</param>
public readonly record struct AllocationUsage(long PacketsToPeers, long BytesToPeers, long PacketsToClient, long BytesToClient);

/// <summary>Why a connection to a peer was not established.</summary>
public enum PeerFailure : byte
{
    /// <summary>The peer refused it or did not answer, or there is no route.</summary>
    Unreachable,

    /// <summary>The system has no resources for a socket (descriptors, memory).</summary>
    Exhausted,
}

/// <summary>Why a relay socket could not be opened.</summary>
public enum RelayFailure : byte
{
    /// <summary>The port is in use; another one may be free.</summary>
    PortInUse,

    /// <summary>The system has no resources for a socket (descriptors, memory).</summary>
    Exhausted,

    /// <summary>The address isn't one of this host, or its family isn't supported.</summary>
    AddressNotAvailable,
}
