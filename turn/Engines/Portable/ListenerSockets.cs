using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The listeners' sockets. Of datagrams there is one for each address and shard, of streams one for all shards. An unspecified address becomes one socket for each of the host's
/// addresses, because a socket on all of them would answer from whichever the routing table likes, and clients drop that.
/// </summary>
internal sealed class ListenerSockets
{
    // Another program may take the port that the system chose on the first address from one of the others.
    private const int PortAttempts = 8;

    private readonly PortableEngine _engine;
    private readonly List<BoundListener> _bound = [];
    private readonly List<ListenerSocket[]> _sockets = [];
    private readonly List<StreamListener> _streams = [];

    private ListenerSockets(PortableEngine engine) => _engine = engine;

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

    public IReadOnlyList<BoundListener> Bound => _bound;

    /// <summary>The listeners of streams, for all shards.</summary>
    public IReadOnlyList<StreamListener> Streams => _streams;

    /// <summary>A shard's own sockets, by endpoint.</summary>
    public ListenerSocket?[] OfShard(int shard) => [.. _sockets.Select(sockets => sockets[shard])];

    public void Close()
    {
        foreach (var socket in _sockets.SelectMany(sockets => sockets)) socket.Close();
        foreach (var stream in _streams) stream.Close();
    }

    private void BindStream(Listener listener)
    {
        try
        {
            var stream = StreamListener.Bind(_engine, listener);
            _streams.Add(stream);
            _bound.Add(stream.Bound);
        }
        catch (SocketException failure)
        {
            throw new ListenException(Mend(listener, failure), failure);
        }
    }

    private void Bind(Listener listener)
    {
        var wildcard = listener.Address.Ip.Bits == 0;
        var addresses = wildcard ? HostAddresses.All(listener.Address.Family) : [listener.Address.Ip];
        if (addresses.Count == 0) throw new ListenException($"{listener.Transport} {listener.Address}: this host has no {listener.Address.Family} address; leave the listener out", new SocketException((int)SocketError.AddressNotAvailable));

        for (var attempt = 1; ; attempt++)
        {
            var (first, firstBound) = (_sockets.Count, _bound.Count);
            try
            {
                var port = listener.Address.Port;
                foreach (var address in addresses) port = Bind(listener.Transport, new(address, port)).Port;
                return;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse && listener.Address.Port == 0 && attempt < PortAttempts)
            {
                foreach (var socket in _sockets.Skip(first).SelectMany(sockets => sockets)) socket.Close();
                _sockets.RemoveRange(first, _sockets.Count - first);
                _bound.RemoveRange(firstBound, _bound.Count - firstBound);
            }
            catch (SocketException failure)
            {
                throw new ListenException(Mend(listener, failure), failure);
            }
        }
    }

    private TransportAddress Bind(ClientTransport transport, TransportAddress address)
    {
        var bytes = _engine.Settings.ListenerBufferBytes;
        var shards = _engine.ShardCount;
        var local = address;
        if (shards > 1)
        {
            // SO_REUSEPORT would let a second relay share a port in silence, one that the system chooses among them; so the port is taken without it first.
            using var probe = DatagramSocket.Open(address, 0, reusePort: false);
            local = TransportAddress.From((IPEndPoint)probe.LocalEndPoint!);
        }

        var sockets = new List<ListenerSocket>();
        try
        {
            while (sockets.Count < shards)
            {
                sockets.Add(new(_engine, DatagramSocket.Open(local, bytes, reusePort: shards > 1), address.Family, _sockets.Count));
                local = sockets[0].Local;
            }
        }
        catch
        {
            foreach (var socket in sockets) socket.Close();
            throw;
        }

        _sockets.Add([.. sockets]);
        _bound.Add(new(transport, local));
        return local;
    }

    private static string Mend(Listener listener, SocketException failure)
    {
        var where = $"{listener.Transport.ToString().ToLowerInvariant()} {listener.Address}";
        return failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"{where}: the port is in use by another program; stop it or choose another port",
            SocketError.AddressNotAvailable => $"{where}: the address is not one of this host; write one that is, or 0.0.0.0 (IPv4) or :: (IPv6) for all of them",
            SocketError.AddressFamilyNotSupported => $"{where}: this host has no {listener.Address.Family}; leave the listener out",
            SocketError.AccessDenied => $"{where}: ports below 1024 need a privilege (CAP_NET_BIND_SERVICE); grant it or choose a higher port",
            _ => $"{where}: {failure.Message}",
        };
    }
}
