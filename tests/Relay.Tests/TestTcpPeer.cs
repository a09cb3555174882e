using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests;

/// <summary>A peer of TCP allocations: a listening TCP socket on loopback.</summary>
internal sealed class TestTcpPeer : IDisposable
{
    private readonly Socket _listener;

    public TestTcpPeer(IpFamily family = IpFamily.IPv4)
    {
        var any = new TransportAddress(TestRelay.Loopback(family), 0).ToIPEndPoint();
        _listener = new(any.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(any);
        _listener.Listen();
        Address = TransportAddress.From((IPEndPoint)_listener.LocalEndPoint!);
    }

    public TransportAddress Address { get; }

    public async Task<Socket> AcceptAsync() => await _listener.AcceptAsync(Deadline.Token);

    /// <summary>Connects to a relayed address.</summary>
    public static async Task<Socket> ConnectAsync(TransportAddress to)
    {
        var socket = new Socket(to.ToIPEndPoint().AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(to.ToIPEndPoint(), Deadline.Token);
        return socket;
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>Bytes of streams, whole.</summary>
internal static class StreamBytes
{
    /// <summary>Reads this many bytes, fewer when the stream ends before.</summary>
    public static async Task<byte[]> ReadAsync(this Socket socket, int length)
    {
        var (bytes, at) = (new byte[length], 0);
        while (at < length && await socket.ReceiveAsync(bytes.AsMemory(at), Deadline.Token) is > 0 and var read) at += read;
        return bytes[..at];
    }

    /// <inheritdoc cref="ReadAsync(Socket, int)"/>
    public static async Task<byte[]> ReadAsync(this TurnPeerConnection connection, int length)
    {
        var (bytes, at) = (new byte[length], 0);
        while (at < length && await connection.ReadAsync(bytes.AsMemory(at), Deadline.Token) is > 0 and var read) at += read;
        return bytes[..at];
    }

    /// <summary>Waits until the other side has closed, orderly or not.</summary>
    public static async Task ClosedAsync(this Socket socket)
    {
        try
        {
            Assert.Empty(await socket.ReadAsync(1));
        }
        catch (SocketException)
        {
            // It was reset.
        }
    }

    /// <inheritdoc cref="ClosedAsync(Socket)"/>
    public static async Task ClosedAsync(this TurnPeerConnection connection)
    {
        try
        {
            Assert.Empty(await connection.ReadAsync(1));
        }
        catch (IOException)
        {
            // It was reset.
        }
    }
}
