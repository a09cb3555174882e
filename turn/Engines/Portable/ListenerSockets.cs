using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The listeners' sockets: for datagrams one for each address and shard, for streams one for all shards. An unspecified address becomes one
/// socket for each of the host's addresses (<see cref="WildcardListeners"/>): a single socket would answer from the address that the
/// routing table chooses, and clients drop such answers.
/// </summary>
internal sealed class ListenerSockets
{
    // On another address, the port that the system chose may be in use.
    private const int PortAttempts = 8;

    private readonly PortableEngine _engine;
    private readonly EndpointTable _endpoints;
    private readonly WildcardListeners _wildcards;
    private readonly List<StreamListener> _streams = [];

    private ListenerSockets(PortableEngine engine)
    {
        _engine = engine;
        _endpoints = new(engine);
        _wildcards = new(engine, _endpoints);
    }

    public static ListenerSockets Bind(PortableEngine engine)
    {
        var listeners = new ListenerSockets(engine);
        try
        {
            foreach (var listener in engine.Settings.Listeners)
            {
                if (listener.Transport == ClientTransport.Udp) listeners.Bind(listener);
                else listeners.BindStream(listener);
            }

            return listeners;
        }
        catch
        {
            listeners.Close();
            throw;
        }
    }

    /// <summary>The bound listeners.</summary>
    public IReadOnlyList<BoundListener> Bound => _endpoints.Bound;

    /// <summary>The listeners of streams, for all shards.</summary>
    public IReadOnlyList<StreamListener> Streams => _streams;

    /// <summary>A shard's own socket of an endpoint; null when it was removed.</summary>
    public ListenerSocket? Find(int endpoint, int shard) => _endpoints.Find(endpoint, shard);

    /// <summary>Starts to serve the sockets, and those that are added later.</summary>
    public void Start() => _endpoints.Start();

    /// <inheritdoc cref="IRelayEngine.HandleAddresses"/>
    public void HandleAddresses(IReadOnlyList<IpAddress> addresses) => _wildcards.HandleAddresses(addresses);

    /// <summary>Periodic work; called every second or so.</summary>
    public void Sweep()
    {
        _wildcards.Sweep();
        _endpoints.CountDrops();
    }

    public void Close()
    {
        _wildcards.Close();
        _endpoints.Close();
        foreach (var stream in _streams) stream.Close();
    }

    private void BindStream(Listener listener)
    {
        try
        {
            var stream = StreamListener.Bind(_engine, listener);
            _streams.Add(stream);
            foreach (var bound in stream.Bound) _endpoints.Show(bound);
        }
        catch (SocketException failure)
        {
            throw new ListenException(Explain(listener, failure), failure);
        }
    }

    private void Bind(Listener listener)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (listener.Address.Ip.Bits == 0) _wildcards.Bind(listener.Address);
                else _endpoints.Add(EndpointSockets.Bind(_engine, listener.Address));
                return;
            }
            catch (SocketException failure)
            {
                var isRace = failure.SocketErrorCode == SocketError.AddressAlreadyInUse && listener.Address.Port == 0;
                if (isRace && attempt < PortAttempts) continue;
                throw new ListenException(Explain(listener, failure), failure);
            }
        }
    }

    private static string Explain(Listener listener, SocketException failure)
    {
        var where = $"{listener.Name} {listener.Address}";
        var isWildcard = listener.Address.Ip.Bits == 0;
        return failure.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable when isWildcard =>
                $"{where}: this host has no {listener.Address.Family} address; remove the listener",
            SocketError.AddressAlreadyInUse => $"{where}: the port is in use by another program; stop it or use another port",
            SocketError.AddressNotAvailable =>
                $"{where}: this host does not have the address; use one of its addresses, or 0.0.0.0 (IPv4) or :: (IPv6) for all of them",
            SocketError.AddressFamilyNotSupported => $"{where}: this host has no {listener.Address.Family}; remove the listener",
            SocketError.AccessDenied =>
                $"{where}: ports below 1024 need a privilege (CAP_NET_BIND_SERVICE); grant it or use a higher port",
            _ => $"{where}: {failure.Message}",
        };
    }
}
