using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The datagram sockets of one address and port: one for each shard; the system spreads the clients over them.</summary>
internal sealed class EndpointSockets
{
    private readonly Socket[] _bound;

    private EndpointSockets(Socket[] bound)
    {
        _bound = bound;
        Local = TransportAddress.From((IPEndPoint)bound[0].LocalEndPoint!);
    }

    /// <summary>The actual address and port.</summary>
    public TransportAddress Local { get; }

    /// <summary>Binds them.</summary>
    /// <exception cref="SocketException">The system refuses.</exception>
    public static EndpointSockets Bind(PortableEngine engine, TransportAddress address)
    {
        var bytes = engine.Settings.Buffers.ListenerBytes;
        var shards = engine.ShardCount;
        var local = address;
        if (shards > 1)
        {
            // SO_REUSEPORT would silently let a second relay share a port, even one that the system chose; so the port is bound without it
            // first.
            using var probe = DatagramSocket.Open(address, 0, reusePort: false);
            local = TransportAddress.From((IPEndPoint)probe.LocalEndPoint!);
        }

        var sockets = new List<Socket>();
        try
        {
            while (sockets.Count < shards)
            {
                sockets.Add(DatagramSocket.Open(local, bytes, reusePort: shards > 1));
                local = TransportAddress.From((IPEndPoint)sockets[0].LocalEndPoint!);
            }

            return new([.. sockets]);
        }
        catch
        {
            foreach (var socket in sockets) socket.Dispose();
            throw;
        }
    }

    /// <summary>Numbers each socket's endpoint, once.</summary>
    public ListenerSocket[] At(PortableEngine engine, int endpoint) =>
        [.. _bound.Select(socket => new ListenerSocket(engine, socket, Local.Family, endpoint))];

    /// <summary>Closes sockets without a number.</summary>
    public void Close()
    {
        foreach (var socket in _bound) socket.Dispose();
    }
}
