using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>Which connections every engine must serve or close, and when.</summary>
public abstract partial class RelayEngineContract
{
    public static MatrixTheoryData<ClientTransport, string> OtherProtocols => new(
        [ClientTransport.Tcp, ClientTransport.Tls],
        [
            "GET / HTTP/1.1\r\nHost: relay\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", // HTTP/2
            "SSH-2.0-OpenSSH_9.9\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.2 5000 3478\r\n", // PROXY protocol, version 1
            "\r\n\r\n\0\r\nQUIT\n", // and version 2
            "\u0003\0\0\u002c\u0027\u00e0\0\0\0\0\0Cookie: mstshash=", // RDP
            "\u00c0\u0001 bits that neither STUN nor ChannelData begins with",
        ]);

    [Theory, MemberData(nameof(OtherProtocols))]
    public async Task Another_protocol_is_closed_at_once(ClientTransport transport, string greeting)
    {
        await using var relay = await StartAsync(
            TestRelay.Options(streams: new() { HandshakeTimeout = TimeSpan.FromHours(1), AllocationTimeout = TimeSpan.FromHours(1) }));
        using var socket = await ConnectAsync(relay, transport);
        await using var stream = await OpenAsync(socket, transport);
        await stream.WriteAsync(greeting.Select(letter => (byte)letter).ToArray(), Cancellation);

        await AssertClosedAsync(socket);
        Assert.Equal(1, relay.Host.EngineCounters.BadFrames);
        Assert.Equal(0, relay.Host.EngineCounters.Unexpected);
    }

    [Fact]
    public async Task Another_protocol_on_the_TLS_port_is_closed_at_once()
    {
        await using var relay = await StartAsync(TestRelay.Options(streams: new() { HandshakeTimeout = TimeSpan.FromHours(1) }));
        using var client = await ConnectAsync(relay, ClientTransport.Tls);
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), SocketFlags.None, Cancellation);

        await AssertClosedAsync(client);
        await TestWait.UntilAsync(() => relay.Host.EngineCounters.HandshakesFailed == 1);
    }

    [Fact]
    public async Task ChannelData_that_comes_after_the_allocation_was_released_closes_nothing()
    {
        await using var relay = await StartAsync();
        using var peer = new TestPeer();
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        await client.BindChannelAsync(peer.Address, Cancellation);
        var releasing = client.ReleaseAsync(Cancellation);
        await client.SendAsync(peer.Address, "too late");
        await releasing;

        await client.AllocateAsync(cancellation: Cancellation);
        Assert.Equal(0, relay.Host.EngineCounters.BadFrames);
    }

    [Fact]
    public async Task A_client_without_an_allocation_is_closed_in_time_whatever_it_sends()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(TestRelay.Options(streams: new() { AllocationTimeout = TimeSpan.FromSeconds(30) }), time);
        await using var holder = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        await using var former = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        using var asker = await ConnectAsync(relay);
        for (var second = 0; second < 30; second += 3)
        {
            await asker.SendAsync(BindingRequest(), SocketFlags.None, Cancellation);
            Assert.Equal(StunClass.SuccessResponse, await ReceiveClassAsync(asker));
            if (second == 15) await former.ReleaseAsync(Cancellation);
            time.Advance(TimeSpan.FromSeconds(3));
        }

        time.Advance(TimeSpan.FromSeconds(2));
        await AssertClosedAsync(asker);
        Assert.Equal(1, relay.Host.EngineCounters.Idle);

        // A client that had an allocation has the same time for the next one; a client with one has no limit.
        await former.BindingAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(30));
        await TestWait.UntilAsync(() => relay.Host.EngineCounters.Idle == 2);
        Assert.Equal(TimeSpan.FromMinutes(10), await holder.RefreshAsync(cancellation: Cancellation));
    }

    [Theory]
    [InlineData(2, 100)]
    [InlineData(100, 2)]
    public async Task When_connections_are_full_the_oldest_without_an_allocation_gives_way(int connections, int perAddress)
    {
        await using var relay = await StartAsync(
            TestRelay.Options(streams: new() { Connections = connections, ConnectionsPerAddress = perAddress }));
        await using var holder = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        using var asker = await ConnectAsync(relay);
        await asker.SendAsync(BindingRequest(), SocketFlags.None, Cancellation);
        Assert.Equal(StunClass.SuccessResponse, await ReceiveClassAsync(asker));

        await using var late = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        await AssertClosedAsync(asker);
        Assert.Equal((1, 0), (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused));

        // Two with allocations: none is closed for the next one.
        using var refused = await ConnectAsync(relay);
        await AssertClosedAsync(refused);
        Assert.Equal((1, 1), (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused));
        await holder.RefreshAsync(cancellation: Cancellation);

        // One that released its allocation is.
        await late.ReleaseAsync(Cancellation);
        await using var next = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        Assert.Equal((2, 1), (relay.Host.EngineCounters.ConnectionsDisplaced, relay.Host.EngineCounters.ConnectionsRefused));
        await holder.RefreshAsync(cancellation: Cancellation);
    }

    [Fact]
    public async Task A_flood_of_silent_connections_shuts_nobody_out()
    {
        await using var relay = await StartAsync(
            TestRelay.Options(streams: new() { Connections = 20, HandshakeTimeout = TimeSpan.FromHours(1) }));
        var flood = new List<Socket>();
        for (var i = 0; i < 100; i++) flood.Add(await ConnectAsync(relay));
        // The relay accepts connections asynchronously, and the next one has another listener.
        await TestWait.UntilAsync(() => relay.Host.EngineCounters.ConnectionsDisplaced == 80);
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tls));
        for (var i = 0; i < 100; i++) flood.Add(await ConnectAsync(relay));

        await client.RefreshAsync(cancellation: Cancellation);
        await TestWait.UntilAsync(() => relay.Host.Connections == 20);
        Assert.Equal(0, relay.Host.EngineCounters.ConnectionsRefused);
        flood.ForEach(socket => socket.Dispose());
        await TestWait.UntilAsync(() => relay.Host.Connections == 1);
    }

    private static async Task<Stream> OpenAsync(Socket socket, ClientTransport transport)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        if (transport != ClientTransport.Tls) return stream;

        var tls = new SslStream(
            stream,
            leaveInnerStreamOpen: false,
            (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == TestRelay.Certificate.Hash);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Cancellation);
        return tls;
    }
}
