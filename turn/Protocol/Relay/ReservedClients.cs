using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// The addresses and ports of the relay's own probes, for which connections, allocations and descriptors are kept that strangers cannot use: while a probe holds
/// its socket, the system gives that address and port to nobody else. Thread-safe; as many entries as probes are under way.
/// </summary>
public sealed class ReservedClients
{
    private readonly ConcurrentDictionary<TransportAddress, byte> _clients = new();

    /// <summary>A probe will speak from this address and port of the relay's own host, which it holds already.</summary>
    public void Add(TransportAddress client) => _clients[client] = 0;

    /// <summary>The probe is over.</summary>
    public void Remove(TransportAddress client) => _clients.TryRemove(client, out _);

    /// <summary>Whether a client is one of the relay's own.</summary>
    public bool Contains(in TransportAddress client) => _clients.ContainsKey(client);
}
