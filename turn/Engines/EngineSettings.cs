using System.Net.Security;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines;

/// <summary>What an engine is made with.</summary>
public sealed record EngineSettings
{
    /// <summary>Where clients reach the relay. The unspecified address stands for every address of this host in its family.</summary>
    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>The number of shards wished for.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Bytes of socket buffers to request from the system, each way; it may grant less (<c>net.core.rmem_max</c>).</summary>
    public RelayBufferOptions Buffers { get; init; } = new();

    /// <summary>Bounds on TCP and TLS clients.</summary>
    public RelayStreamOptions Streams { get; init; } = new();

    /// <summary>The certificate of TLS listeners, requested at every handshake so that a renewed one is used at once; null without a TLS listener.</summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>The file descriptors that there are, and how many of them clients do not get.</summary>
    public DescriptorLimit Descriptors { get; init; } = new(long.MaxValue, 0);

    /// <summary>Clients that are served beyond all bounds: the relay's own.</summary>
    public ProbeClients Probes { get; init; } = new();
}

/// <summary>One place to listen.</summary>
/// <param name="Transport">The transport between client and relay.</param>
/// <param name="Address">The address and port; port 0 lets the system choose.</param>
public readonly record struct Listener(ClientTransport Transport, TransportAddress Address);

/// <summary>One place where clients reach the relay.</summary>
/// <param name="Transport">The transport between client and relay.</param>
/// <param name="Address">The actual address and port.</param>
public readonly record struct BoundListener(ClientTransport Transport, TransportAddress Address);

/// <summary>A listener could not be bound; the message says where, why and how to mend it.</summary>
public sealed class ListenException(string message, Exception inner) : Exception(message, inner);
