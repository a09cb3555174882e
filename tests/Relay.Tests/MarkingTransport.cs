using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests;

/// <summary>A client's UDP socket that marks what it sends, and keeps the IP fields of what it receives (Linux).</summary>
internal sealed class MarkingTransport : ITurnTransport
{
    private readonly Socket _socket;
    private readonly SocketAddress _server;
    private readonly SocketAddress _from;

    public MarkingTransport(TransportAddress server)
    {
        _socket = DatagramSocket.Open(new(TestRelay.Loopback(server.Family), 0), 0, reusePort: false);
        Local = TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!);
        (_server, _from) = (new SendAddresses().To(server), SocketAddresses.Create(server.Family));
    }

    public ClientTransport Transport => ClientTransport.Udp;

    public TransportAddress Local { get; }

    /// <summary>The IP fields of the last received message.</summary>
    public IpFields Received { get; private set; }

    /// <summary>Sets the traffic class of everything that the socket sends from now on, as an application does.</summary>
    public void Mark(byte trafficClass)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, trafficClass);
        // IP_TOS and IPV6_TCLASS of Linux's linux/in.h and linux/in6.h.
        if (Local.Family == IpFamily.IPv6) _socket.SetRawSocketOption(41, 67, value);
        else _socket.SetRawSocketOption(0, 1, value);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        _socket.SendTo(message.Span, SocketFlags.None, _server);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            await _socket.ReceiveFromAsync(new byte[1], SocketFlags.Peek, new SocketAddress(_from.Family));
            if (DatagramReceive.Receive(_socket, buffer.Span, _from, out var length, out var fields) != SocketError.Success) continue;
            Received = fields;
            return length;
        }
    }

    public TurnException Explain(Exception failure) => new(TurnFailure.Closed, "closed", failure);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
