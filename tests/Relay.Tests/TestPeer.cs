using System.Net;
using System.Net.Sockets;
using System.Text;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests;

/// <summary>A peer: a UDP socket on loopback.</summary>
internal sealed class TestPeer : IDisposable
{
    private readonly Socket _socket;

    public TestPeer(IpFamily family = IpFamily.IPv4)
    {
        var any = new TransportAddress(TestRelay.Loopback(family), 0).ToIPEndPoint();
        _socket = new(any.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(any);
        Address = TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!);
    }

    public TransportAddress Address { get; }

    public void Send(TransportAddress to, ReadOnlySpan<byte> payload) => _socket.SendTo(payload, to.ToIPEndPoint());

    public void Send(TransportAddress to, string payload) => Send(to, Encoding.UTF8.GetBytes(payload));

    public async Task<(TransportAddress From, byte[] Payload)> ReceiveAsync()
    {
        var buffer = new byte[65536];
        var received = await _socket.ReceiveFromAsync(
            buffer,
            new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0),
            Deadline.Token);
        return (TransportAddress.From((IPEndPoint)received.RemoteEndPoint), buffer[..received.ReceivedBytes]);
    }

    public async Task<(TransportAddress From, string Text)> ReceiveTextAsync()
    {
        var (from, payload) = await ReceiveAsync();
        return (from, Encoding.UTF8.GetString(payload));
    }

    public void Dispose() => _socket.Dispose();
}

internal static class TurnClientText
{
    public static ValueTask SendAsync(this TurnClient client, TransportAddress peer, string text) =>
        client.SendAsync(peer, Encoding.UTF8.GetBytes(text), Deadline.Token);

    public static async Task<(TransportAddress From, string Text)> ReceiveTextAsync(this TurnClient client)
    {
        var datagram = await client.ReceiveAsync(Deadline.Token);
        return (datagram.Peer, Encoding.UTF8.GetString(datagram.Payload.Span));
    }
}
