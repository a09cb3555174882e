using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>What every engine must do with TCP allocations (RFC 6062).</summary>
public abstract partial class RelayEngineContract
{
    private const int Strangers = 400;

    public static MatrixTheoryData<ClientTransport, IpFamily> Streams =>
        new([ClientTransport.Tcp, ClientTransport.Tls], [IpFamily.IPv4, IpFamily.IPv6]);

    [Theory, MemberData(nameof(Streams))]
    public async Task A_client_connects_to_a_peer_and_bytes_pass_both_ways(ClientTransport transport, IpFamily family)
    {
        await using var relay = await StartTcpAsync(family);
        await using var client = await AllocateTcpAsync(relay, transport, family);
        using var peer = new TestTcpPeer(family);

        await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();

        Assert.Equal(Relayed(client).ToIPEndPoint(), accepted.RemoteEndPoint);
        await AssertBytesPassAsync(connection, accepted, 3_000_000);
        Assert.Equal(1, relay.Host.Metrics.All.Single(metric => metric.Name == "causeway.relay.peer.connections").Read().Single().Value);
    }

    [Theory, MemberData(nameof(Streams))]
    public async Task A_permitted_peer_connects_to_a_client_and_bytes_pass_both_ways(ClientTransport transport, IpFamily family)
    {
        await using var relay = await StartTcpAsync(family);
        await using var client = await AllocateTcpAsync(relay, transport, family);
        await client.PermitAsync(TestRelay.Loopback(family), Cancellation);

        using var peer = await TestTcpPeer.ConnectAsync(Relayed(client));
        // Before the client knows of it, and binds it.
        await peer.SendAsync("early"u8.ToArray(), Cancellation);
        await using var connection = await client.AcceptPeerAsync(Cancellation);

        Assert.Equal(peer.LocalEndPoint, connection.Peer.ToIPEndPoint());
        Assert.Equal("early", Encoding.UTF8.GetString(await connection.ReadAsync(5)));
        await AssertBytesPassAsync(connection, peer, 3_000_000);
    }

    [Theory]
    [InlineData(ClientTransport.Tcp, ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls, ClientTransport.Tcp)]
    public async Task Clients_of_one_relay_connect_to_each_other(ClientTransport first, ClientTransport second)
    {
        await using var relay = await StartTcpAsync(shards: 4);
        await using var one = await AllocateTcpAsync(relay, first);
        await using var other = await AllocateTcpAsync(relay, second);
        await other.PermitAsync(Relayed(one).Ip, Cancellation);

        await using var going = await one.ConnectPeerAsync(Relayed(other), Cancellation);
        await using var coming = await other.AcceptPeerAsync(Cancellation);

        Assert.Equal(Relayed(one), coming.Peer);
        var bytes = RandomNumberGenerator.GetBytes(1_000_000);
        var writing = going.WriteAsync(bytes, Cancellation).AsTask();
        Assert.Equal(bytes, await coming.ReadAsync(bytes.Length));
        await writing;
        await coming.WriteAsync("back"u8.ToArray(), Cancellation);
        Assert.Equal("back", Encoding.UTF8.GetString(await going.ReadAsync(4)));
    }

    [Fact]
    public async Task Many_connections_of_one_allocation_are_kept_apart()
    {
        await using var relay = await StartTcpAsync(shards: 4);
        await using var client = await AllocateTcpAsync(relay);
        var connections = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var peer = new TestTcpPeer();
            var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
            return (peer, connection, accepted: await peer.AcceptAsync());
        }));

        await Task.WhenAll(connections.Select(one => AssertBytesPassAsync(one.connection, one.accepted, 100_000)));

        foreach (var (peer, connection, accepted) in connections)
        {
            await connection.DisposeAsync();
            await accepted.ClosedAsync();
            accepted.Dispose();
            peer.Dispose();
        }
    }

    [Fact]
    public async Task A_peer_without_a_permission_is_closed_at_once_and_the_client_learns_nothing()
    {
        await using var relay = await StartTcpAsync();
        await using var client = await AllocateTcpAsync(relay);

        try
        {
            using var stranger = await TestTcpPeer.ConnectAsync(Relayed(client));
            await stranger.ClosedAsync();
        }
        catch (SocketException)
        {
            // It was reset before the system reported that it is connected.
        }

        await TestWait.UntilAsync(() => relay.Host.Counters.Sum(counters => counters.Drops(DropReason.NoPermission)) == 1);
        await client.PermitAsync(TestRelay.Loopback(IpFamily.IPv4), Cancellation);
        using var peer = await TestTcpPeer.ConnectAsync(Relayed(client));
        await using var connection = await client.AcceptPeerAsync(Cancellation);
        Assert.Equal(peer.LocalEndPoint, connection.Peer.ToIPEndPoint());
    }

    [Fact]
    public async Task A_flood_of_strangers_leaves_nothing_and_harms_no_connection()
    {
        DescriptorLimit? descriptors = null;
        await using var relay = await TestRelay.StartAsync(TcpOptions(), (settings, events, time) =>
        {
            descriptors = settings.Descriptors;
            return Bind(settings, events, time);
        });
        await using var client = await AllocateTcpAsync(relay);
        using var peer = new TestTcpPeer();
        await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();

        var flood = Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            for (var i = 0; i < Strangers / 10; i++)
            {
                try
                {
                    using var stranger = await TestTcpPeer.ConnectAsync(Relayed(client));
                    await stranger.ClosedAsync();
                }
                catch (SocketException)
                {
                    // It was reset before the system reported that it is connected.
                }
            }
        }));
        while (!flood.IsCompleted) await AssertBytesPassAsync(connection, accepted, 10_000);
        await flood;

        Assert.Equal((1, 4), (PeerConnections(relay), descriptors!.Taken));
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.Drops(DropReason.NoPermission)), 1, Strangers);
    }

    [Fact]
    public async Task A_peer_that_refuses_is_a_failure_and_the_relays_own_listeners_are_forbidden()
    {
        await using var relay = await StartTcpAsync();
        await using var client = await AllocateTcpAsync(relay);
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound and not listening: nobody else takes the port, and who connects is refused.
        bound.Bind(new TransportAddress(TestRelay.Loopback(IpFamily.IPv4), 0).ToIPEndPoint());
        var refusing = TransportAddress.From((System.Net.IPEndPoint)bound.LocalEndPoint!);

        Assert.Equal(StunErrorCode.ConnectionTimeoutOrFailure, await ErrorAsync(refusing));
        Assert.Equal(StunErrorCode.Forbidden, await ErrorAsync(relay.Endpoint(ClientTransport.Tcp)));
        Assert.Equal(StunErrorCode.Forbidden, await ErrorAsync(relay.Endpoint(ClientTransport.Tls)));
        Assert.Equal(StunErrorCode.Forbidden, await ErrorAsync(TransportAddress.Parse("192.168.1.1:80")));

        async Task<StunErrorCode?> ErrorAsync(TransportAddress peer) =>
            (await Assert.ThrowsAsync<TurnException>(() => client.ConnectPeerAsync(peer, Cancellation))).Code;
    }

    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task When_one_side_closes_the_other_is_closed_behind_the_last_byte(ClientTransport transport)
    {
        await using var relay = await StartTcpAsync();
        await using var client = await AllocateTcpAsync(relay, transport);
        using var peer = new TestTcpPeer();
        var bytes = RandomNumberGenerator.GetBytes(500_000);

        await using (var connection = await client.ConnectPeerAsync(peer.Address, Cancellation))
        {
            using var accepted = await peer.AcceptAsync();
            await accepted.SendAsync(bytes, Cancellation);
            accepted.Close();
            Assert.Equal(bytes, await connection.ReadAsync(bytes.Length));
            await connection.ClosedAsync();
        }

        await TestWait.UntilAsync(() => PeerConnections(relay) == 0);
        await using (var connection = await client.ConnectPeerAsync(peer.Address, Cancellation))
        {
            using var accepted = await peer.AcceptAsync();
            await connection.WriteAsync(bytes, Cancellation);
            await connection.DisposeAsync();
            Assert.Equal(bytes, await accepted.ReadAsync(bytes.Length));
            await accepted.ClosedAsync();
        }

        await TestWait.UntilAsync(() => (PeerConnections(relay), relay.Host.Connections, relay.Host.Allocations) == (0, 1, 1));
    }

    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task A_half_closed_peer_gets_what_was_sent_already_and_is_closed_in_time(ClientTransport transport)
    {
        await using var relay = await StartTcpAsync();
        await using var client = await AllocateTcpAsync(relay, transport);
        using var peer = new TestTcpPeer();
        await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();

        accepted.Shutdown(SocketShutdown.Send);
        await connection.ClosedAsync();
        await connection.WriteAsync("last words"u8.ToArray(), Cancellation);

        Assert.Equal("last words", Encoding.UTF8.GetString(await accepted.ReadAsync(10)));
        // The client keeps its side open; the relay doesn't.
        await accepted.ClosedAsync();
        await TestWait.UntilAsync(() => PeerConnections(relay) == 0);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_slows_the_client_down_and_nothing_is_lost()
    {
        await using var relay = await StartTcpAsync();
        await using var client = await AllocateTcpAsync(relay);
        using var peer = new TestTcpPeer();
        await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();
        var bytes = RandomNumberGenerator.GetBytes(64 * 1024 * 1024);

        var writing = connection.WriteAsync(bytes, Cancellation).AsTask();
        // The relay has taken what the system's buffers hold, and waits.
        var (before, now) = (-1L, 0L);
        await TestWait.UntilAsync(async () =>
        {
            (before, now) = (now, relay.Host.Counters.Sum(counters => counters.ToPeers.Bytes));
            await Task.Delay(200, Cancellation);
            return now > 0 && now == before;
        });
        Assert.InRange(now, 1, bytes.Length / 2);
        Assert.False(writing.IsCompleted);
        Assert.Equal(0, relay.Host.EngineCounters.SendBufferFull);

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await accepted.ReadAsync(bytes.Length)));
        await writing;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public async Task Bytes_that_follow_ConnectionBind_at_once_belong_to_the_peer(int length)
    {
        await using var relay = await StartTcpAsync();
        var options = relay.ClientOptions(ClientTransport.Tcp);
        await using var client = await relay.AllocateAsync(options, new() { Tcp = true });
        await client.PermitAsync(TestRelay.Loopback(IpFamily.IPv4), Cancellation);
        using var peer = await TestTcpPeer.ConnectAsync(Relayed(client));
        var (number, _) = await client.ReceiveAttemptAsync(Cancellation);
        using var data = await ConnectAsync(relay);
        var credential = new LongTermCredential(options.Credentials!, PasswordAlgorithm.All);
        await data.SendAsync(Bind(), Cancellation);
        Assert.True(credential.TryLearn(StunJudge.Read(await ReadMessageAsync(data)), null));

        var bytes = RandomNumberGenerator.GetBytes(length);
        await data.SendAsync(Bind().Concat(bytes).ToArray(), Cancellation);

        Assert.Equal(StunClass.SuccessResponse, StunJudge.Read(await ReadMessageAsync(data)).Class);
        Assert.Equal(bytes, await peer.ReadAsync(length));
        await peer.SendAsync("back"u8.ToArray(), Cancellation);
        Assert.Equal("back", Encoding.UTF8.GetString(await data.ReadAsync(4)));

        byte[] Bind() => TurnRequests.Write(
            StunMethod.ConnectionBind,
            StunTransactions.NewId(),
            (ref StunWriter writer) => writer.Add(StunAttributeType.ConnectionId, number),
            credential.Signer);

        static async Task<byte[]> ReadMessageAsync(Socket socket)
        {
            var header = await socket.ReadAsync(StunConstants.HeaderLength);
            return [.. header, .. await socket.ReadAsync((header[2] << 8) | header[3])];
        }
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_for_the_send_timeout_is_closed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has TCP_USER_TIMEOUT");
        await using var relay = await StartAsync(
            TestRelay.Options(tcpAllocations: true, streams: new() { SendTimeout = TimeSpan.FromSeconds(1) }));
        await using var client = await AllocateTcpAsync(relay);
        using var peer = new TestTcpPeer();
        await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => connection.WriteAsync(new byte[256 * 1024 * 1024], Cancellation).AsTask());

        await TestWait.UntilAsync(() => PeerConnections(relay) == 0);
        await client.RefreshAsync(cancellation: Cancellation);
    }

    [Theory]
    [InlineData("release")]
    [InlineData("control connection")]
    [InlineData("revocation")]
    [InlineData("stop")]
    public async Task The_end_of_the_allocation_closes_its_connections(string end)
    {
        DescriptorLimit? descriptors = null;
        var relay = await TestRelay.StartAsync(TcpOptions(), (settings, events, time) =>
        {
            descriptors = settings.Descriptors;
            return Bind(settings, events, time);
        });
        await using var stopped = relay;
        await using var client = await AllocateTcpAsync(relay);
        await client.PermitAsync(TestRelay.Loopback(IpFamily.IPv4), Cancellation);
        using var peer = new TestTcpPeer();
        await using var bound = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();
        using var unbound = await TestTcpPeer.ConnectAsync(Relayed(client));
        await TestWait.UntilAsync(() => PeerConnections(relay) == 2);
        // Two client connections, a listening socket, two peers.
        Assert.Equal(5, descriptors!.Taken);

        switch (end)
        {
            case "release": await client.ReleaseAsync(Cancellation); break;
            case "control connection": await client.DisposeAsync(); break;
            case "revocation": relay.Host.Revoke([new("alice", DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds())]); break;
            default: await relay.Host.StopAsync(Cancellation); break;
        }

        await bound.ClosedAsync();
        await accepted.ClosedAsync();
        await unbound.ClosedAsync();
        await TestWait.UntilAsync(() => (PeerConnections(relay), relay.Host.Allocations) == (0, 0));
        await client.DisposeAsync();
        await TestWait.UntilAsync(() => descriptors.Taken == 0);
        Assert.Equal(0, relay.Host.EngineCounters.Unexpected);
    }

    [Fact]
    public async Task Without_a_free_descriptor_there_is_no_connection_to_a_peer_and_the_rest_goes_on()
    {
        // The control connection and the listening socket.
        const int reserve = 50_000;
        var descriptors = new DescriptorLimit(reserve + 2, reserve);
        await using var relay = await TestRelay.StartAsync(
            TcpOptions(), (settings, events, time) => Bind(settings with { Descriptors = descriptors }, events, time));
        await using var client = await AllocateTcpAsync(relay);
        await client.PermitAsync(TestRelay.Loopback(IpFamily.IPv4), Cancellation);
        using var peer = new TestTcpPeer();

        var full = await Assert.ThrowsAsync<TurnException>(() => client.ConnectPeerAsync(peer.Address, Cancellation));
        Assert.Equal(StunErrorCode.InsufficientCapacity, full.Code);
        try
        {
            using var refused = await TestTcpPeer.ConnectAsync(Relayed(client));
            await refused.ClosedAsync();
        }
        catch (SocketException)
        {
            // It was reset before the system reported that it is connected.
        }

        Assert.Equal(2, descriptors.Taken);
        await client.RefreshAsync(cancellation: Cancellation);
    }

    [Fact]
    public async Task A_connection_that_is_not_bound_in_time_is_closed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(TcpOptions(), time);
        await using var client = await AllocateTcpAsync(relay);
        await client.PermitAsync(TestRelay.Loopback(IpFamily.IPv4), Cancellation);
        using var peer = await TestTcpPeer.ConnectAsync(Relayed(client));
        await TestWait.UntilAsync(() => PeerConnections(relay) == 1);
        // Handled behind the peer by the same shard, whose timer is set then.
        await client.RefreshAsync(cancellation: Cancellation);

        time.Advance(TimeSpan.FromSeconds(31));

        await peer.ClosedAsync();
        var late = await Assert.ThrowsAsync<TurnException>(() => client.AcceptPeerAsync(Cancellation));
        Assert.Equal(StunErrorCode.BadRequest, late.Code);
    }

    [Fact]
    public async Task A_data_connection_outlives_the_time_limit_of_connections_without_an_allocation()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(TcpOptions(), time);
        await using var client = await AllocateTcpAsync(relay);
        using var peer = new TestTcpPeer();
        await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
        using var accepted = await peer.AcceptAsync();

        for (var i = 0; i < 30; i++) time.Advance(TimeSpan.FromSeconds(2));

        await AssertBytesPassAsync(connection, accepted, 1000);
        Assert.Equal(0, relay.Host.EngineCounters.Idle);
    }

    [Fact]
    public async Task A_port_of_a_TCP_allocation_is_free_afterwards()
    {
        var port = FreePorts.Take();
        await using var relay = await StartAsync(TestRelay.Options(ports: $"{port}-{port}", tcpAllocations: true));
        for (var i = 0; i < 3; i++)
        {
            await using var client = await AllocateTcpAsync(relay);
            using var peer = new TestTcpPeer();
            await using var connection = await client.ConnectPeerAsync(peer.Address, Cancellation);
            using var accepted = await peer.AcceptAsync();
            await AssertBytesPassAsync(connection, accepted, 100);
            await client.ReleaseAsync(Cancellation);
        }
    }

    [Fact]
    public async Task A_port_that_another_program_listens_on_is_not_shared()
    {
        var port = FreePorts.Take();
        await using var relay = await StartAsync(TestRelay.Options(ports: $"{port}-{port}", tcpAllocations: true));
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new TransportAddress(TestRelay.Loopback(IpFamily.IPv4), (ushort)port).ToIPEndPoint());
        other.Listen();

        var full = await Assert.ThrowsAsync<TurnException>(() => AllocateTcpAsync(relay));

        Assert.Equal(StunErrorCode.InsufficientCapacity, full.Code);
    }

    private static long PeerConnections(TestRelay relay) =>
        relay.Host.Metrics.All.Single(metric => metric.Name == "causeway.relay.peer.connections").Read().Single().Value;

    private static Turn.Options.RelayOptions TcpOptions(IpFamily family = IpFamily.IPv4, int shards = 2) =>
        TestRelay.Options(family, shards: shards, tcpAllocations: true);

    private async Task<TestRelay> StartTcpAsync(IpFamily family = IpFamily.IPv4, int shards = 2)
    {
        TestRelay.SkipWithout(family);
        return await StartAsync(TcpOptions(family, shards));
    }

    private static Task<TurnClient> AllocateTcpAsync(
        TestRelay relay, ClientTransport transport = ClientTransport.Tcp, IpFamily family = IpFamily.IPv4) =>
        relay.AllocateAsync(relay.ClientOptions(transport), new() { Family = family, Tcp = true });

    private static async Task AssertBytesPassAsync(TurnPeerConnection connection, Socket peer, int length)
    {
        var (up, down) = (RandomNumberGenerator.GetBytes(length), RandomNumberGenerator.GetBytes(length));
        var (toPeer, toClient) = (connection.WriteAsync(up, Cancellation).AsTask(), SendAsync());
        var (atPeer, atClient) = (peer.ReadAsync(length), connection.ReadAsync(length));

        Assert.Equal(up, await atPeer);
        Assert.Equal(down, await atClient);
        await Task.WhenAll(toPeer, toClient);

        async Task SendAsync()
        {
            for (var rest = down.AsMemory(); rest.Length > 0;) rest = rest[await peer.SendAsync(rest, Cancellation)..];
        }
    }
}
