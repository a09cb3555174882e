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

    /// <summary>Bytes of a listener's socket buffers to ask the system for, each way; the system may grant less (<c>net.core.rmem_max</c>).</summary>
    public int ListenerBufferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of a relay socket's buffers to ask the system for, each way; the system may grant less.</summary>
    public int RelayBufferBytes { get; init; } = 256 * 1024;

    /// <summary>Bounds on TCP and TLS clients.</summary>
    public StreamSettings Streams { get; init; } = new();

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
