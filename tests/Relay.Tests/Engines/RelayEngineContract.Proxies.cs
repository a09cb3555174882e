using System.Net.Sockets;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>What every engine must do with connections from proxies (PROXY protocol, version 2).</summary>
public abstract partial class RelayEngineContract
{
    private static readonly TransportAddress Client = TransportAddress.Parse("203.0.113.7:40000");

    [Theory]
    [InlineData("tcp", ClientTransport.Tcp, false)]
    [InlineData("tls", ClientTransport.Tls, false)]
    [InlineData("tcp+tls", ClientTransport.Tcp, false)]
    [InlineData("tcp+tls", ClientTransport.Tls, false)]
    [InlineData("tcp", ClientTransport.Tcp, true)]
    [InlineData("tcp+tls", ClientTransport.Tls, true)]
    public async Task A_client_behind_a_proxy_is_served_by_its_own_address(string listener, ClientTransport transport, bool byteByByte)
    {
        await using var relay = await StartAsync(Behind(listener));
        await using var proxy = new TestProxy(relay.Endpoint(transport), byteByByte: byteByByte);
        await using var client = await relay.AllocateAsync(relay.ClientOptions(transport) with { Server = proxy.Address }, new());
        using var peer = new TestPeer();

        Assert.Equal(client.Local, await client.BindingAsync(Cancellation));
        Assert.Equal(client.Local, client.Allocation!.Mapped);
        await client.BindChannelAsync(peer.Address, Cancellation);
        await client.SendAsync(peer.Address, "ping");
        Assert.Equal((Relayed(client), "ping"), await peer.ReceiveTextAsync());
        peer.Send(Relayed(client), "pong");
        Assert.Equal((peer.Address, "pong"), await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("203.0.113.7:40000")]
    [InlineData("[2001:db8::7]:40000")]
    public async Task The_header_names_the_client(string address)
    {
        await using var relay = await StartAsync(Behind("tcp"));
        var client = TransportAddress.Parse(address);
        // A TLV is skipped, and the request may come with the header.
        using var proxied = await ConnectFromProxyAsync(relay, [.. TestProxy.Header(client, 4, 0, 2, 9, 9), .. BindingRequest()]);

        Assert.Equal(client, await ReceiveMappedAsync(proxied));
    }

    [Fact]
    public async Task A_proxys_own_connection_is_served_by_its_address()
    {
        await using var relay = await StartAsync(Behind("tcp"));
        using var local = await ConnectFromProxyAsync(relay, [.. TestProxy.Header(null), .. BindingRequest()]);
        Assert.Equal(TestProxy.Outside, (await ReceiveMappedAsync(local)).Ip);

        // A health check that only connects is no mistake.
        using (await ConnectFromProxyAsync(relay, [])) await TestWait.UntilAsync(() => relay.Host.Connections == 2);
        await TestWait.UntilAsync(() => relay.Host.Connections == 1);
        Assert.Equal((0, 0), (relay.Host.EngineCounters.BadProxyHeaders, relay.Host.EngineCounters.Unexpected));
    }

    public static TheoryData<string, byte[]> NoHeaders => new()
    {
        { "tcp", BindingRequest() },
        { "tls", [22, 3, 1, 0, 200, 1] },
        { "tcp+tls", [22, 3, 1, 0, 200, 1] },
        { "tcp", "PROXY TCP4 203.0.113.7 192.0.2.1 40000 3478\r\n"u8.ToArray() }, // version 1
        { "tcp", [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x31, 0x11] }, // another version
        { "tcp", [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0xFF, 0xFF] }, // longer than the bound
    };

    [Theory, MemberData(nameof(NoHeaders))]
    public async Task A_connection_from_a_proxy_without_a_valid_header_is_closed_at_once_and_counted(string listener, byte[] bytes)
    {
        await using var relay = await StartAsync(
            Behind(listener, new() { HandshakeTimeout = TimeSpan.FromHours(1), AllocationTimeout = TimeSpan.FromHours(1) }));
        using var proxied = await ConnectFromProxyAsync(relay, bytes);

        await AssertClosedAsync(proxied);
        Assert.Equal((1, 0), (relay.Host.EngineCounters.BadProxyHeaders, relay.Host.EngineCounters.Unexpected));
        await TestWait.UntilAsync(() => relay.Host.Connections == 0);
    }

    [Fact]
    public async Task A_connection_from_elsewhere_is_that_of_a_direct_client_which_cannot_name_another()
    {
        await using var relay = await StartAsync(Behind("tcp"));
        await using var direct = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp), new());
        Assert.Equal(direct.Local, direct.Allocation!.Mapped);

        using var forged = await ConnectAsync(relay);
        await forged.SendAsync((byte[])[.. TestProxy.Header(Client), .. BindingRequest()], SocketFlags.None, Cancellation);
        await AssertClosedAsync(forged);
        Assert.Equal((1, 0), (relay.Host.EngineCounters.BadFrames, relay.Host.EngineCounters.BadProxyHeaders));
    }

    [Fact]
    public async Task Clients_behind_a_proxy_are_limited_each_by_its_own_address()
    {
        await using var relay = await StartAsync(Behind("tcp", new() { ConnectionsPerAddress = 2 }));
        var sockets = new List<Socket>();
        for (var client = 1; client <= 5; client++)
        {
            for (var port = 1; port <= 2; port++) sockets.Add(await AskAsync($"203.0.113.{client}:{port}"));
        }

        Assert.Equal((10, 0), (relay.Host.Connections, relay.Host.EngineCounters.ConnectionsDisplaced));

        // A third one of a client closes its own oldest.
        sockets.Add(await AskAsync("203.0.113.3:3"));
        await AssertClosedAsync(sockets[4]);
        Assert.Equal((1, 0), (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused));
        foreach (var other in sockets.Where(socket => socket != sockets[4]))
        {
            await other.SendAsync(BindingRequest(), SocketFlags.None, Cancellation);
            await ReceiveMappedAsync(other);
        }

        sockets.ForEach(socket => socket.Dispose());
        await TestWait.UntilAsync(() => relay.Host.Connections == 0);

        async Task<Socket> AskAsync(string client)
        {
            var socket = await ConnectFromProxyAsync(relay, [.. TestProxy.Header(TransportAddress.Parse(client)), .. BindingRequest()]);
            Assert.Equal(client, (await ReceiveMappedAsync(socket)).ToString());
            return socket;
        }
    }

    [Fact]
    public async Task A_client_with_allocations_on_all_its_connections_gets_no_more_behind_a_proxy()
    {
        await using var relay = await StartAsync(Behind("tcp", new() { ConnectionsPerAddress = 1 }));
        await using var proxy = new TestProxy(relay.Endpoint(ClientTransport.Tcp), _ => TestProxy.Header(Client));
        var options = relay.ClientOptions(ClientTransport.Tcp) with { Server = proxy.Address };
        await using var holder = await relay.AllocateAsync(options, new());
        Assert.Equal(Client, holder.Allocation!.Mapped);

        using var refused = await ConnectFromProxyAsync(relay, TestProxy.Header(Client with { Port = 1 }));
        await AssertClosedAsync(refused);
        Assert.Equal((0, 1), (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused));
        await holder.RefreshAsync(cancellation: Cancellation);
    }

    [Fact]
    public async Task Connections_of_a_proxy_that_name_no_client_are_closed_in_time_and_give_way_to_others()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(
            Behind("tcp", new() { Connections = 3, HandshakeTimeout = TimeSpan.FromSeconds(10) }), time);
        using var half = await ConnectFromProxyAsync(relay, TestProxy.Header(Client)[..20]);
        await TestWait.UntilAsync(() => relay.Host.Connections == 1);
        using var silent = await ConnectFromProxyAsync(relay, []);
        await TestWait.UntilAsync(() => relay.Host.Connections == 2);
        using var third = await ConnectFromProxyAsync(relay, TestProxy.Header(Client)[..1]);
        await TestWait.UntilAsync(() => relay.Host.Connections == 3);

        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp), new());
        await AssertClosedAsync(half);
        Assert.Equal(1, relay.Host.EngineCounters.ConnectionsDisplaced);

        time.Advance(TimeSpan.FromSeconds(12));
        await AssertClosedAsync(silent);
        await AssertClosedAsync(third);
        Assert.Equal(2, relay.Host.EngineCounters.Idle);
        await TestWait.UntilAsync(() => relay.Host.Connections == 1);
    }

    [Fact]
    public async Task After_a_flood_through_a_proxy_every_place_is_free_again()
    {
        await using var relay = await StartAsync(Behind("tcp", new() { Connections = 20, ConnectionsPerAddress = 2 }));
        // Many at once: displaced while their header is read, refused, left by their clients, and without a header.
        var together = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), together, async (i, _) =>
        {
            var client = new TransportAddress(IpAddress.Parse($"203.0.113.{i % 4}"), (ushort)(1000 + i));
            var header = TestProxy.Header(client);
            byte[] bytes = (i % 5) switch { 0 => header[..20], 1 => [1, 2, 3], _ => [.. header, .. BindingRequest()] };
            try
            {
                using var socket = await ConnectFromProxyAsync(relay, bytes);
                if (i % 5 > 1) await socket.ReceiveAsync(new byte[100], SocketFlags.None, Cancellation);
            }
            catch (SocketException closed) when (closed.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                // Displaced.
            }
        });
        await TestWait.UntilAsync(() => relay.Host.Connections == 0);
        var (displaced, refused) = (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused);

        var sockets = new List<Socket>();
        for (var i = 0; i < 20; i++)
        {
            var client = TransportAddress.Parse($"203.0.113.{i / 2}:{i + 1}");
            sockets.Add(await ConnectFromProxyAsync(relay, [.. TestProxy.Header(client), .. BindingRequest()]));
            Assert.Equal(client, await ReceiveMappedAsync(sockets[^1]));
        }

        Assert.Equal(20, relay.Host.Connections);
        Assert.Equal(
            (displaced, refused), (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused));
        Assert.Equal(0, relay.Host.EngineCounters.Unexpected);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task The_relays_own_probe_needs_no_header_and_a_header_cannot_name_it()
    {
        // A proxy on the relay's host, as haproxy often is.
        await using var relay = await StartAsync(Behind("tcp+tls", proxies: "127.0.0.0/8"));
        await TestWait.UntilAsync(async () => (await relay.Host.ProbeAsync(Cancellation)).Count(result => result.IsRelayed) == 2);
        Assert.Equal(0, relay.Host.EngineCounters.BadProxyHeaders);

        relay.Host.Probes.Add(ClientTransport.Tcp, Client);
        using var forged = await ConnectFromProxyAsync(relay, [.. TestProxy.Header(Client), .. BindingRequest()]);
        await AssertClosedAsync(forged);
        Assert.Equal(1, relay.Host.EngineCounters.BadProxyHeaders);
    }

    private static RelayOptions Behind(string listener, RelayStreamOptions? streams = null, string proxies = "127.0.0.9/32") =>
        TestRelay.Options(
            listeners: [new() { Transport = listener, Address = "127.0.0.1", Port = 0, Proxies = [proxies] }], streams: streams);

    private static async Task<Socket> ConnectFromProxyAsync(TestRelay relay, byte[] bytes)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new TransportAddress(TestProxy.Outside, 0).ToIPEndPoint());
        await socket.ConnectAsync(relay.Host.ListenEndpoints[0].Address.ToIPEndPoint(), Cancellation);
        if (bytes.Length > 0) await socket.SendAsync(bytes, SocketFlags.None, Cancellation);
        return socket;
    }

    private static async Task<TransportAddress> ReceiveMappedAsync(Socket client)
    {
        var buffer = new byte[1024];
        var have = 0;
        int length;
        while (StreamFraming.ReadFrame(buffer.AsSpan(0, have), out length) != StreamFrame.Complete)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(have), SocketFlags.None, Cancellation);
            Assert.NotEqual(0, read);
            have += read;
        }

        return Mapped(buffer.AsSpan(0, length));

        static TransportAddress Mapped(ReadOnlySpan<byte> bytes)
        {
            Assert.True(StunMessage.TryRead(bytes, out var message));
            Assert.True(message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped));
            return mapped;
        }
    }
}
