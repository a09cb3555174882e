using System.Collections.Concurrent;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The TCP connections to peers of all shards, and the listening sockets of relayed addresses (RFC 6062).</summary>
internal sealed class PeerLinks(PortableEngine engine)
{
    private readonly ConcurrentDictionary<ConnectionId, PeerLink> _links = new();
    private readonly ConcurrentDictionary<TransportAddress, PeerListener> _listeners = new();

    /// <summary>The connections, those being opened included.</summary>
    public int Count => _links.Count;

    public PeerLink? Find(in ConnectionId connection) => _links.GetValueOrDefault(connection);

    public void Add(PeerLink link) => _links[link.Id] = link;

    public void Remove(PeerLink link) => _links.TryRemove(new(link.Id, link));

    public void Listen(in TransportAddress local, PeerListener listener) => _listeners[local] = listener;

    public void StopListening(in TransportAddress local)
    {
        if (!_listeners.TryRemove(local, out var listener)) return;
        listener.Close();
        engine.Descriptors.Return();
    }

    /// <summary>Closes everything.</summary>
    public void Close()
    {
        foreach (var (local, _) in _listeners) StopListening(local);
        foreach (var (_, link) in _links) link.Close();
    }
}
