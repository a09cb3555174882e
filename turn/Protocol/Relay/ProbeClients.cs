using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// The addresses of the relay's own probes. No limit applies to them, so that a full relay can still check that it relays, and what they
/// send to a relayed address leaves by its socket, as packets to peers do. Another client can't pass for a probe: the probe owns the socket
/// of that address and port on the relay's host. Thread-safe; one entry for each running probe.
/// </summary>
public sealed class ProbeClients
{
    private readonly ConcurrentDictionary<(bool IsStream, TransportAddress Client), byte> _clients = new();

    /// <summary>Gets the number of running probes.</summary>
    public int Count => _clients.Count;

    /// <summary>Adds a probe that already owns this address and port of the relay's host.</summary>
    public void Add(ClientTransport transport, TransportAddress client) => _clients[Key(transport, client)] = 0;

    /// <summary>Removes a probe.</summary>
    public void Remove(ClientTransport transport, TransportAddress client) => _clients.TryRemove(Key(transport, client), out _);

    /// <summary>Whether a client is a probe.</summary>
    public bool Contains(ClientTransport transport, in TransportAddress client) => _clients.ContainsKey(Key(transport, client));

    // TCP and TLS share ports.
    private static (bool IsStream, TransportAddress Client) Key(ClientTransport transport, in TransportAddress client) =>
        (transport != ClientTransport.Udp, client);
}
