using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// The five-tuples of the relay's own probes. They are served beyond every bound, so that a relay which others fill still finds out whether
/// it relays; and what
/// they send to a relayed address leaves by its socket, as what goes to strangers does. Nobody else can be taken for one: the probe holds
/// the socket of that
/// address and port, on the relay's own host. Thread-safe; as many entries as probes are under way.
/// </summary>
public sealed class ProbeClients
{
    private readonly ConcurrentDictionary<(bool IsStream, TransportAddress Client), byte> _clients = new();

    /// <summary>The probes that are under way.</summary>
    public int Count => _clients.Count;

    /// <summary>A probe will speak from this address and port of the relay's own host, which it holds already.</summary>
    public void Add(ClientTransport transport, TransportAddress client) => _clients[(transport != ClientTransport.Udp, client)] = 0;

    /// <summary>The probe is over.</summary>
    public void Remove(ClientTransport transport, TransportAddress client) => _clients.TryRemove((transport != ClientTransport.Udp, client), out _);

    /// <summary>Whether a client is one of the relay's own.</summary>
    public bool Contains(ClientTransport transport, in TransportAddress client) => _clients.ContainsKey((transport != ClientTransport.Udp, client));
}
