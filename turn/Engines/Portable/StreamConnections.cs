using System.Collections.Concurrent;
using System.Net.Sockets;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The connections of TCP and TLS clients. When there are too many, in total or from one network, a new one closes the oldest without an
/// allocation, so that idle connections can't shut out clients.
/// </summary>
internal sealed class StreamConnections(PortableEngine engine)
{
    // A new connection may exceed the limits of its /64, /56, /48 and of all connections, one after the other.
    private const int MaxDisplaced = 4;

    private readonly ConcurrentDictionary<int, StreamConnection> _connections = new();
    private readonly ConnectionLimits _limits = new(engine.Settings.Streams.Connections, engine.Settings.Streams.ConnectionsPerAddress);
    private readonly Lock _gate = new();
    private readonly LinkedList<StreamConnection> _waiting = new();
    private readonly HashSet<StreamConnection> _counted = [];
    private int _last;
    private volatile bool _closed;

    /// <summary>The open connections, including the relay's own.</summary>
    public int Count => _connections.Count;

    public StreamConnection? Find(int number) => _connections.GetValueOrDefault(number);

    /// <summary>Serves a new connection, or closes it if there are too many.</summary>
    public void Serve(Socket client, Listener listener, TransportAddress address)
    {
        var isReserved = engine.Settings.Probes.Contains(listener.Transport, address);
        var isProxy = !isReserved && listener.Proxies.Any(prefix => prefix.Contains(address.Ip));
        IpAddress? counted = isProxy ? null : address.Ip;
        if (_closed || !(isReserved || TryEnter(client, counted)))
        {
            engine.Counters.CountConnectionRefused();
            client.Dispose();
            return;
        }

        TcpOptions.Set(client, engine.Settings.Streams);
        var number = Interlocked.Increment(ref _last);
        var connection = new StreamConnection(engine, engine.ShardOf(number), client, listener, new(listener.Transport, number, address))
        {
            CountedAs = counted,
        };
        _connections[number] = connection;
        if (!isReserved) Add(connection);
        engine.Run(async () =>
        {
            await connection.RunAsync();
            _connections.TryRemove(number, out _);
            Remove(connection);
        });
        if (_closed) connection.Abort();
    }

    /// <summary>Sets whether a connection has no allocation yet, and so may be closed for a new one.</summary>
    public void SetWaiting(StreamConnection connection, bool isWaiting)
    {
        lock (_gate)
        {
            if (!_counted.Contains(connection)) return;
            if (connection.Waiting.List is not null) _waiting.Remove(connection.Waiting);
            if (isWaiting) _waiting.AddLast(connection.Waiting);
        }
    }

    /// <summary>Counts a connection from a proxy by its client's address, which is its own from now on.</summary>
    /// <returns>False when the client has too many, or when the connection was closed for a newer one meanwhile.</returns>
    public bool TryIdentify(StreamConnection connection, TransportAddress client)
    {
        for (var displaced = 0; !_limits.TryIdentify(client.Ip, out var network); displaced++)
        {
            if (displaced < MaxDisplaced && TryDisplace(network)) continue;
            engine.Counters.CountConnectionRefused();
            return false;
        }

        lock (_gate)
        {
            if (_counted.Contains(connection))
            {
                connection.Identify(client);
                return true;
            }
        }

        _limits.Forget(client.Ip);
        return false;
    }

    /// <summary>Changes the limits without closing a connection.</summary>
    public void SetBounds(RelayStreamOptions settings) => _limits.SetBounds(settings.Connections, settings.ConnectionsPerAddress);

    /// <summary>Closes connections that exceed a time limit.</summary>
    public void Sweep(long now)
    {
        foreach (var (_, connection) in _connections) connection.Sweep(now);
    }

    /// <summary>Closes all connections, and admits none from now on.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var (_, connection) in _connections) connection.Abort();
    }

    private bool TryEnter(Socket client, IpAddress? address)
    {
        var descriptors = engine.Descriptors;
        if (!descriptors.TryTake(client.SafeHandle) && !(TryDisplace(null) && descriptors.TryTake(client.SafeHandle))) return false;

        for (var displaced = 0; ; displaced++)
        {
            var network = default(IpPrefix);
            var bound = address is { } known ? _limits.TryEnter(known, out network)
                : _limits.TryEnterUnknown() ? ConnectionBound.None : ConnectionBound.All;
            if (bound == ConnectionBound.None) return true;
            if (displaced < MaxDisplaced && TryDisplace(bound == ConnectionBound.Network ? network : null)) continue;
            engine.Descriptors.Return();
            return false;
        }
    }

    private void Add(StreamConnection connection)
    {
        lock (_gate)
        {
            _counted.Add(connection);
            _waiting.AddLast(connection.Waiting);
        }
    }

    private void Remove(StreamConnection connection)
    {
        IpAddress? counted;
        lock (_gate)
        {
            // Not counted: one of the relay's own, or one closed for a newer one.
            if (!_counted.Remove(connection)) return;
            if (connection.Waiting.List is not null) _waiting.Remove(connection.Waiting);
            counted = connection.CountedAs;
        }

        _limits.Leave(counted);
        engine.Descriptors.Return();
    }

    /// <summary>Closes the oldest connection without an allocation, of one network or of all.</summary>
    private bool TryDisplace(IpPrefix? network)
    {
        StreamConnection? oldest;
        lock (_gate)
        {
            var node = _waiting.First;
            while (node is not null && network is { } within && !(node.Value.CountedAs is { } ip && within.Contains(ip))) node = node.Next;
            oldest = node?.Value;
        }

        if (oldest is null) return false;
        Remove(oldest);
        engine.Counters.CountConnectionDisplaced();
        oldest.Abort();
        return true;
    }
}
