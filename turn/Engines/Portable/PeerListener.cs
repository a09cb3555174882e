using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>The TCP socket that listens on the relayed address of an allocation (RFC 6062 §5.3), and its accept loop.</summary>
internal sealed class PeerListener(PortableEngine engine, PortableShard shard, Socket socket, AllocationId allocation)
{
    // Connections that wait to be accepted; the loop takes each at once.
    private const int Backlog = 16;

    private volatile bool _closed;

    /// <summary>Opens the socket. The port must be free; connections to peers share it afterwards.</summary>
    /// <exception cref="SocketException">The port is in use, or the system refuses the socket.</exception>
    public static Socket Open(in TransportAddress local)
    {
        var socket = PeerLink.NewSocket(local.Family);
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

    /// <summary>Accepts peers until it is closed.</summary>
    public async Task RunAsync()
    {
        var failures = new LoopFailures(engine);
        while (!_closed)
        {
            try
            {
                Serve(await socket.AcceptAsync());
                failures.None();
            }
            catch (Exception) when (_closed)
            {
                break;
            }
            catch (SocketException)
            {
                // A peer left before it was accepted, or the system is short of descriptors. The socket stays open.
                engine.Counters.CountReceiveFailed();
                await failures.PauseAsync();
            }
#pragma warning disable CA1031 // One connection must not end the loop; the failure is reported.
            catch (Exception unexpected)
            {
                failures.Report("peers", unexpected);
                await failures.PauseAsync();
            }
#pragma warning restore CA1031
        }
    }

    public void Close()
    {
        _closed = true;
        socket.Dispose();
    }

    private void Serve(Socket peer)
    {
        try
        {
            shard.HandlePeerAccepted(allocation, peer, TransportAddress.From((IPEndPoint)peer.RemoteEndPoint!));
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }
}
