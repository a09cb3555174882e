using System.Net.Security;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Handles a relayed datagram. Called on the client's receive loop: it must not block or keep the bytes.</summary>
/// <param name="peer">The sender.</param>
/// <param name="payload">The application data; valid during the call.</param>
public delegate void TurnReceiver(TransportAddress peer, ReadOnlySpan<byte> payload);

/// <summary>The options of a TURN client.</summary>
public sealed record TurnClientOptions
{
    /// <summary>Gets the server's address. Required.</summary>
    public required TransportAddress Server { get; init; }

    /// <summary>Gets the transport between client and server. Defaults to UDP.</summary>
    public ClientTransport Transport { get; init; } = ClientTransport.Udp;

    /// <summary>Gets the local address and port. Defaults to the system's choice.</summary>
    public TransportAddress? Local { get; init; }

    /// <summary>
    /// Gets a callback with the client's own address, called when its socket is bound to <see cref="Local"/> and before anything is sent.
    /// </summary>
    public Action<TransportAddress>? Bound { get; init; }

    /// <summary>Gets the long-term credential. Required for everything but Binding.</summary>
    public Credentials? Credentials { get; init; }

    /// <summary>Gets the supported password algorithms (RFC 8489 §9.2.3); the server's order decides. Defaults to all.</summary>
    public IReadOnlyList<PasswordAlgorithm> PasswordAlgorithms { get; init; } = PasswordAlgorithm.All;

    /// <summary>Gets the handler of relayed datagrams. Without one they wait for <see cref="TurnClient.ReceiveAsync"/>.</summary>
    public TurnReceiver? Received { get; init; }

    /// <summary>
    /// Gets the handler of ICMP errors for datagrams to peers that the client has permitted. Called on the client's receive loop. Defaults
    /// to none.
    /// </summary>
    public Action<TurnPeerError>? PeerFailed { get; init; }

    /// <summary>
    /// Gets the datagrams that may wait for <see cref="TurnClient.ReceiveAsync"/>; beyond it the oldest is dropped. Defaults to 1,024.
    /// </summary>
    public int ReceiveQueue { get; init; } = 1024;

    /// <summary>
    /// Gets whether the client refreshes allocation, permissions and channels itself. Defaults to <see langword="true"/>.
    /// </summary>
    public bool AutoRefresh { get; init; } = true;

    /// <summary>Gets the retransmission of requests. Defaults to the RFC's values.</summary>
    public Retransmission Retransmission { get; init; } = Retransmission.Default;

    /// <summary>Gets the time limit for TCP connection and TLS handshake. Defaults to 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the name that the server's certificate must have, for TLS. Defaults to the server's address.</summary>
    public string? TlsHost { get; init; }

    /// <summary>Gets a callback that validates the server's certificate. Defaults to the system's trust store.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>Gets the clock of retransmissions and refreshes. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the bytes of socket buffers to request. Defaults to 0: the system's default.</summary>
    public int SocketBufferBytes { get; init; }
}

/// <summary>The options of an Allocate request (RFC 8656 §7.1).</summary>
public sealed record AllocateOptions
{
    /// <summary>
    /// Gets the family of the relayed address (REQUESTED-ADDRESS-FAMILY). Defaults to the server's choice, which is IPv4.
    /// </summary>
    public IpFamily? Family { get; init; }

    /// <summary>
    /// Gets whether to request an IPv6 address in addition to the IPv4 address (ADDITIONAL-ADDRESS-FAMILY); excludes <see cref="Family"/>.
    /// </summary>
    public bool Dual { get; init; }

    /// <summary>Gets the requested lifetime. Defaults to the server's choice.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>
    /// Gets whether the server must be able to send with DF (DONT-FRAGMENT); a server that isn't refuses. <see
    /// cref="TurnClient.SendUnfragmentedAsync"/> does it.
    /// </summary>
    public bool DontFragment { get; init; }

    /// <summary>Gets whether to request an even port (EVEN-PORT).</summary>
    public bool EvenPort { get; init; }

    /// <summary>
    /// Gets whether to request a TCP relayed address (RFC 6062), for <see cref="TurnClient.ConnectPeerAsync"/> and
    /// <see cref="TurnClient.AcceptPeerAsync"/>. The client's own transport must be TCP or TLS.
    /// </summary>
    public bool Tcp { get; init; }
}

/// <summary>An allocation (RFC 8656 §7.3).</summary>
/// <param name="Relayed">The relayed transport addresses, one or two.</param>
/// <param name="Mapped">The client's address and port as the server sees them.</param>
/// <param name="Lifetime">The lifetime unless it is refreshed.</param>
public sealed record TurnAllocation(IReadOnlyList<TransportAddress> Relayed, TransportAddress Mapped, TimeSpan Lifetime);

/// <summary>A relayed datagram.</summary>
/// <param name="Peer">The sender.</param>
/// <param name="Payload">The application data.</param>
public readonly record struct TurnDatagram(TransportAddress Peer, ReadOnlyMemory<byte> Payload);

/// <summary>
/// An ICMP error for a datagram to a peer, as the relay tells it (RFC 8656 §11.6). Anyone can forge ICMP, so it is a hint: a peer that is
/// said to be unreachable may still be there, and a path's MTU must be probed (RFC 8899).
/// </summary>
/// <param name="Peer">Where the datagram was sent to.</param>
/// <param name="Icmp">The error.</param>
public readonly record struct TurnPeerError(TransportAddress Peer, IcmpError Icmp);
