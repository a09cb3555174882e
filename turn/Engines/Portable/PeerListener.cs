using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The TCP socket that listens on the relayed address of an allocation (RFC 6062 §5.3).</summary>
internal sealed class PeerListener(PortableEngine engine, PortableShard shard, Socket socket, AllocationId allocation)
    : AcceptingSocket(engine, socket)
{
    // Connections that wait to be accepted; the loop takes each at once.
    private const int Backlog = 16;

    protected override string Name => "peers";

    /// <summary>Opens the socket. The port must be free; connections to peers share it afterwards.</summary>
    /// <exception cref="SocketException">The port is in use, or the system refuses the socket.</exception>
    public static Socket Open(in TransportAddress local)
    {
        var socket = TcpOptions.NewSocket(local.Family);
        try
        {
            socket.Bind(local.ToIPEndPoint());
            // Behind the bind, which would otherwise succeed beside another process of this user.
            PeerLink.Share(socket);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    protected override void Serve(Socket accepted, in TransportAddress from) => shard.HandlePeerAccepted(allocation, accepted, from);
}
