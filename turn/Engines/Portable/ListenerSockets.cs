using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The listeners' sockets. Of datagrams there is one for each address and shard, of streams one for all shards. An unspecified address becomes one socket for each of the
/// host's addresses (<see cref="WildcardListeners"/>), because a socket on all of them would answer from whichever the routing table likes, and clients drop that.
/// </summary>
internal sealed class ListenerSockets
{
    // Another program may take the port that the system chose on the first address from one of the others.
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

    /// <summary>Where clients reach the relay now.</summary>
    public IReadOnlyList<BoundListener> Bound => _endpoints.Bound;

    /// <summary>The listeners of streams, for all shards.</summary>
    public IReadOnlyList<StreamListener> Streams => _streams;

    /// <summary>A shard's own socket of an endpoint; null when there is none any more.</summary>
    public ListenerSocket? Find(int endpoint, int shard) => _endpoints.Find(endpoint, shard);

    /// <summary>Serves the sockets from now on, those that come later too.</summary>
    public void Start() => _endpoints.Start();

    /// <inheritdoc cref="IRelayEngine.HandleAddresses"/>
    public void HandleAddresses(IReadOnlyList<IpAddress> addresses) => _wildcards.HandleAddresses(addresses);

    /// <summary>What waits for time: called every second or so.</summary>
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
            _endpoints.Show(stream.Bound);
        }
        catch (SocketException failure)
        {
            throw new ListenException(Mend(listener, failure), failure);
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
                if (failure.SocketErrorCode == SocketError.AddressAlreadyInUse && listener.Address.Port == 0 && attempt < PortAttempts) continue;
                throw new ListenException(Mend(listener, failure), failure);
            }
        }
    }

    private static string Mend(Listener listener, SocketException failure)
    {
        var where = $"{listener.Transport.ToString().ToLowerInvariant()} {listener.Address}";
        var isWildcard = listener.Address.Ip.Bits == 0;
        return failure.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable when isWildcard => $"{where}: this host has no {listener.Address.Family} address; leave the listener out",
            SocketError.AddressAlreadyInUse => $"{where}: the port is in use by another program; stop it or choose another port",
            SocketError.AddressNotAvailable => $"{where}: the address is not one of this host; write one that is, or 0.0.0.0 (IPv4) or :: (IPv6) for all of them",
            SocketError.AddressFamilyNotSupported => $"{where}: this host has no {listener.Address.Family}; leave the listener out",
            SocketError.AccessDenied => $"{where}: ports below 1024 need a privilege (CAP_NET_BIND_SERVICE); grant it or choose a higher port",
            _ => $"{where}: {failure.Message}",
        };
    }
}
