using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests;

/// <summary>
/// A TCP proxy on loopback that names its clients to the relay by a PROXY header (version 2), as a load balancer does. It connects from an
/// address of its own.
/// </summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly TransportAddress _relay;
    private readonly Func<TransportAddress, byte[]> _header;
    private readonly bool _byteByByte;
    private readonly List<Task> _running = [];

    /// <summary>Starts the proxy.</summary>
    /// <param name="relay">The relay's listener.</param>
    /// <param name="header">The header for a client's address; null means that address.</param>
    /// <param name="byteByByte">Whether each byte is sent on its own.</param>
    public TestProxy(TransportAddress relay, Func<TransportAddress, byte[]>? header = null, bool byteByByte = false)
    {
        (_relay, _header, _byteByByte) = (relay, header ?? (client => Header(client)), byteByByte);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = TransportAddress.From((IPEndPoint)_listener.LocalEndPoint!);
        _running.Add(AcceptAsync());
    }

    /// <summary>The address that it connects from: every 127.x.y.z is this host's.</summary>
    public static IpAddress Outside { get; } = IpAddress.Parse("127.0.0.9");

    /// <summary>Where clients connect to.</summary>
    public TransportAddress Address { get; }

    /// <summary>The header for a client: TCP over the family of its address; LOCAL without one.</summary>
    public static byte[] Header(TransportAddress? client, params byte[] tlvs)
    {
        byte[] addresses = client is { } source ? Addresses(source) : [];
        var header = new List<byte>("\r\n\r\n\0\r\nQUIT\n"u8.ToArray())
        {
            (byte)(client is null ? 0x20 : 0x21),
            client?.Family switch { null => 0, IpFamily.IPv4 => 0x11, _ => 0x21 },
        };
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(addresses.Length + tlvs.Length));
        return [.. header, .. length, .. addresses, .. tlvs];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static byte[] Addresses(TransportAddress source)
    {
        // source address | destination address, zero here | source port | destination port, zero here
        var size = source.Ip.Length;
        var block = new byte[2 * size + 4];
        source.Ip.Write(block);
        BinaryPrimitives.WriteUInt16BigEndian(block.AsSpan(2 * size), source.Port);
        return block;
    }

    private async Task AcceptAsync()
    {
        while (true) _running.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
    }

    private async Task ServeAsync(Socket client)
    {
        using var inside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            inside.Bind(new IPEndPoint(Outside.ToIPAddress(), 0));
            await inside.ConnectAsync(_relay.ToIPEndPoint(), _stop.Token);
            await SendAsync(inside, _header(TransportAddress.From((IPEndPoint)client.RemoteEndPoint!)));
            // The first direction that ends ends both.
            await await Task.WhenAny(PumpAsync(client, inside), PumpAsync(inside, client));
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read) await SendAsync(to, buffer.AsMemory(0, read));
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        if (!_byteByByte)
        {
            for (var sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes[sent..], _stop.Token);
            return;
        }

        for (var i = 0; i < bytes.Length; i++) await to.SendAsync(bytes.Slice(i, 1), _stop.Token);
    }
}
