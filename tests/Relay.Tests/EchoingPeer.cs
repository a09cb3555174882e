using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests;

/// <summary>A peer that echoes on its own thread, without allocating.</summary>
internal sealed class EchoingPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly Thread _thread;

    public EchoingPeer(IpFamily family)
    {
        var local = new TransportAddress(TestRelay.Loopback(family), 0).ToIPEndPoint();
        _socket = new(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(local);
        Address = TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!);
        _thread = new(Echo);
        _thread.Start();
    }

    public TransportAddress Address { get; }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Echo()
    {
        var buffer = new byte[65536];
        var from = new SocketAddress(_socket.AddressFamily);
        try
        {
            while (true)
            {
                var length = _socket.ReceiveFrom(buffer, SocketFlags.None, from);
                _socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, from);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
