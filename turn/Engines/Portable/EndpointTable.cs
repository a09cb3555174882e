using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The endpoints by number: a client's five-tuple has the number of the address that it sent to (<see cref="ClientHandle.Endpoint"/>). Read
/// for every packet without a lock; replaced as a whole, rarely.
/// </summary>
internal sealed class EndpointTable(PortableEngine engine)
{
    private readonly Lock _changing = new();
    private volatile ListenerSocket[]?[] _endpoints = [];
    private volatile BoundListener[] _shown = [];
    private bool _started;
    private bool _closed;

    /// <summary>The bound listeners.</summary>
    public IReadOnlyList<BoundListener> Bound => _shown;

    /// <summary>A shard's own socket of an endpoint; null when it was removed.</summary>
    public ListenerSocket? Find(int endpoint, int shard)
    {
        var endpoints = _endpoints;
        return endpoint < endpoints.Length ? endpoints[endpoint]?[shard] : null;
    }

    /// <summary>Adds an endpoint under the lowest free number, and lists it.</summary>
    public int Add(EndpointSockets sockets)
    {
        lock (_changing)
        {
            if (_closed)
            {
                sockets.Close();
                return -1;
            }

            var free = Array.IndexOf(_endpoints, null);
            var number = free >= 0 ? free : _endpoints.Length;
            var numbered = sockets.At(engine, number);
            var endpoints = new ListenerSocket[]?[Math.Max(_endpoints.Length, number + 1)];
            _endpoints.CopyTo(endpoints, 0);
            endpoints[number] = numbered;
            _endpoints = endpoints;
            _shown = [.. _shown, Listener(sockets.Local)];
            if (_started) Serve(numbered);
            return number;
        }
    }

    /// <summary>Lists a listener with other sockets than these.</summary>
    public void Show(BoundListener listener)
    {
        lock (_changing) _shown = [.. _shown, listener];
    }

    /// <summary>Lists an endpoint again.</summary>
    public void Show(TransportAddress local) => Show(Listener(local));

    /// <summary>Removes an endpoint from the list; its sockets stay open.</summary>
    public void Hide(TransportAddress local)
    {
        lock (_changing) _shown = [.. _shown.Where(shown => shown != Listener(local))];
    }

    /// <summary>Closes an endpoint's sockets and frees its number.</summary>
    public void Remove(int number)
    {
        lock (_changing)
        {
            var endpoints = (ListenerSocket[]?[])_endpoints.Clone();
            var sockets = endpoints[number];
            endpoints[number] = null;
            _endpoints = endpoints;
            foreach (var socket in sockets ?? []) socket.Close();
        }
    }

    public void Start()
    {
        lock (_changing)
        {
            _started = true;
            foreach (var sockets in _endpoints) Serve(sockets ?? []);
        }
    }

    public void CountDrops()
    {
        foreach (var sockets in _endpoints)
        {
            foreach (var socket in sockets ?? []) socket.CountDrops();
        }
    }

    public void Close()
    {
        lock (_changing)
        {
            _closed = true;
            foreach (var socket in _endpoints.SelectMany(sockets => sockets ?? [])) socket.Close();
        }
    }

    private static BoundListener Listener(TransportAddress local) => new(ClientTransport.Udp, local);

    private void Serve(ListenerSocket[] sockets)
    {
        for (var shard = 0; shard < sockets.Length; shard++)
        {
            sockets[shard].Shard = engine.Shard((ushort)shard);
            engine.Run(sockets[shard].RunAsync);
        }
    }
}
