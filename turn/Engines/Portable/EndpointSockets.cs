using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The sockets of one address and port for datagrams: one for each shard, among which the system spreads the clients.</summary>
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
            // SO_REUSEPORT would let a second relay share a port in silence, one that the system chooses among them; so the port is taken without it first.
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

    /// <summary>Gives each socket its number among the endpoints, once.</summary>
    public ListenerSocket[] At(PortableEngine engine, int endpoint) => [.. _bound.Select(socket => new ListenerSocket(engine, socket, Local.Family, endpoint))];

    /// <summary>Closes what has no number yet.</summary>
    public void Close()
    {
        foreach (var socket in _bound) socket.Dispose();
    }
}
