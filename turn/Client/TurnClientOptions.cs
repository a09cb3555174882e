using System.Net.Security;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Takes a datagram that the server relayed; called on the client's receive loop, so it must not block or keep the bytes.</summary>
/// <param name="peer">Who sent it.</param>
/// <param name="payload">The application data; valid during the call.</param>
public delegate void TurnReceiver(TransportAddress peer, ReadOnlySpan<byte> payload);

/// <summary>Which server a client talks to, as whom, and how.</summary>
public sealed record TurnClientOptions
{
    /// <summary>The server's address.</summary>
    public required TransportAddress Server { get; init; }

    /// <summary>The transport between client and server.</summary>
    public ClientTransport Transport { get; init; } = ClientTransport.Udp;

    /// <summary>The local address and port to bind; null lets the system choose.</summary>
    public TransportAddress? Local { get; init; }

    /// <summary>Told the client's own address once its socket is bound to <see cref="Local"/>, which must be set, and before anything is sent.</summary>
    public Action<TransportAddress>? Bound { get; init; }

    /// <summary>The long-term credential; null suffices for Binding.</summary>
    public Credentials? Credentials { get; init; }

    /// <summary>The password algorithms to choose from when the server offers a choice (RFC 8489 §9.2.3); the server's order decides.</summary>
    public IReadOnlyList<PasswordAlgorithm> PasswordAlgorithms { get; init; } = [PasswordAlgorithm.Sha256, PasswordAlgorithm.Md5];

    /// <summary>Where relayed datagrams go; null: they wait for <see cref="TurnClient.ReceiveAsync"/>.</summary>
    public TurnReceiver? Received { get; init; }

    /// <summary>How many datagrams wait for <see cref="TurnClient.ReceiveAsync"/>; the oldest is dropped then.</summary>
    public int ReceiveQueue { get; init; } = 1024;

    /// <summary>Refreshes allocation, permissions and channels by itself, in time.</summary>
    public bool AutoRefresh { get; init; } = true;

    /// <summary>How requests are repeated.</summary>
    public Retransmission Retransmission { get; init; } = Retransmission.Default;

    /// <summary>How long a TCP connection and a TLS handshake may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The name that the server's certificate must have, for TLS; null: the server's address.</summary>
    public string? TlsHost { get; init; }

    /// <summary>Judges the server's certificate instead of the system's trust store; null: the system's.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>The clock of retransmissions and refreshes.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The bytes of socket buffers to ask the system for; 0 keeps its default.</summary>
    public int SocketBufferBytes { get; init; }
}

/// <summary>What an Allocate asks for (RFC 8656 §7.1).</summary>
public sealed record AllocateOptions
{
    /// <summary>The family of the relayed address (REQUESTED-ADDRESS-FAMILY); null leaves it to the server, which means IPv4.</summary>
    public IpFamily? Family { get; init; }

    /// <summary>Asks for an IPv6 address besides the IPv4 one (ADDITIONAL-ADDRESS-FAMILY); excludes <see cref="Family"/>.</summary>
    public bool Dual { get; init; }

    /// <summary>The lifetime wished for; null leaves it to the server.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Asks for an even port (EVEN-PORT).</summary>
    public bool EvenPort { get; init; }
}

/// <summary>What an Allocate brought (RFC 8656 §7.3).</summary>
/// <param name="Relayed">The relayed transport addresses, one or two.</param>
/// <param name="Mapped">The client's address and port as the server sees them.</param>
/// <param name="Lifetime">How long the allocation lives unless it is refreshed.</param>
public sealed record TurnAllocation(IReadOnlyList<TransportAddress> Relayed, TransportAddress Mapped, TimeSpan Lifetime);

/// <summary>A datagram that the server relayed.</summary>
/// <param name="Peer">Who sent it.</param>
/// <param name="Payload">The application data.</param>
public readonly record struct TurnDatagram(TransportAddress Peer, ReadOnlyMemory<byte> Payload);
