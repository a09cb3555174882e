using System.Net.Security;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines;

/// <summary>An engine's settings.</summary>
public sealed record EngineSettings
{
    /// <summary>The listeners. An unspecified address means every address of this host in its family.</summary>
    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>The number of shards; the system may allow fewer.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Sizes of socket buffers, for each direction; the system may grant less (<c>net.core.rmem_max</c>).</summary>
    public RelayBufferOptions Buffers { get; init; } = new();

    /// <summary>Limits on TCP and TLS clients.</summary>
    public RelayStreamOptions Streams { get; init; } = new();

    /// <summary>
    /// The certificate of TLS listeners, read at every handshake so that a renewed one is used at once; null without a TLS listener.
    /// </summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>The file descriptors of the process, and the reserve that clients don't get.</summary>
    public DescriptorLimit Descriptors { get; init; } = new(long.MaxValue, 0);

    /// <summary>The relay's own probes, which no limit applies to.</summary>
    public ProbeClients Probes { get; init; } = new();
}

/// <summary>A listener to bind.</summary>
/// <param name="Transport">The transport between client and relay.</param>
/// <param name="Address">The address and port; port 0 lets the system choose.</param>
public readonly record struct Listener(ClientTransport Transport, TransportAddress Address)
{
    /// <summary>The name in settings of a TLS listener that serves clients of plain TCP too.</summary>
    public const string TcpAndTls = "tcp+tls";

    /// <summary>Whether a TLS listener serves clients of plain TCP too; the first byte of a connection decides.</summary>
    public bool AcceptsPlain { get; init; }

    /// <summary>
    /// The prefixes of proxies: a connection from them begins with a <see cref="ProxyHeader"/>, which names the client. Only for streams.
    /// </summary>
    public IReadOnlyList<IpPrefix> Proxies
    {
        get => field ?? [];
        init;
    }

    /// <summary>The name of its transport in settings.</summary>
    public string Name => AcceptsPlain ? TcpAndTls : Transport.ToString().ToLowerInvariant();
}

/// <summary>A bound listener.</summary>
/// <param name="Transport">The transport between client and relay.</param>
/// <param name="Address">The actual address and port.</param>
public readonly record struct BoundListener(ClientTransport Transport, TransportAddress Address);

/// <summary>A listener could not be bound; the message says where, why and how to fix it.</summary>
public sealed class ListenException(string message, Exception inner) : Exception(message, inner);
