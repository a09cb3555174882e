using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Engines;

/// <summary>What every engine must do, end to end on loopback: real sockets, a whole relay, the project's own client.</summary>
public abstract partial class RelayEngineContract
{
    private static CancellationToken Cancellation => Deadline.Token;

    /// <summary>The engine under test.</summary>
    protected abstract IRelayEngine Bind(EngineSettings settings, IEngineEvents events, TimeProvider time);

    public static TheoryData<IpFamily> Families => [IpFamily.IPv4, IpFamily.IPv6];

    public static MatrixTheoryData<ClientTransport, IpFamily> Ways =>
        new([ClientTransport.Udp, ClientTransport.Tcp, ClientTransport.Tls], [IpFamily.IPv4, IpFamily.IPv6]);

    [Theory, MemberData(nameof(Ways))]
    public async Task Binding_tells_a_client_its_own_address(ClientTransport transport, IpFamily family)
    {
        await using var relay = await StartAsync(family);
        await using var client = await relay.ConnectAsync(relay.ClientOptions(transport));

        Assert.Equal(client.Local, await client.BindingAsync(Cancellation));
    }

    [Theory, MemberData(nameof(Families))]
    public async Task An_allocation_has_an_address_of_the_relay_and_a_port_of_its_range(IpFamily family)
    {
        await using var relay = await StartAsync(family, ports: "50000-50999");
        await using var client = await relay.AllocateAsync();

        var relayed = Assert.Single(client.Allocation!.Relayed);
        Assert.Equal(TestRelay.Loopback(family), relayed.Ip);
        Assert.InRange(relayed.Port, 50000, 50999);
        Assert.Equal(client.Local, client.Allocation.Mapped);
        Assert.Equal(1, relay.Host.Allocations);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Indications_go_to_a_peer_and_back(ClientTransport transport, IpFamily family)
    {
        await using var relay = await StartAsync(family);
        await using var client = await relay.AllocateAsync(relay.ClientOptions(transport));
        using var peer = new TestPeer(family);
        await client.PermitAsync(peer.Address.Ip, Cancellation);

        await client.SendAsync(peer.Address, "ping");
        var (from, text) = await peer.ReceiveTextAsync();
        Assert.Equal("ping", text);
        Assert.Equal(client.Allocation!.Relayed[0], from);

        peer.Send(from, "pong");
        Assert.Equal((peer.Address, "pong"), await client.ReceiveTextAsync());
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_channel_carries_payloads_of_any_length_unchanged(ClientTransport transport, IpFamily family)
    {
        await using var relay = await StartAsync(family);
        await using var client = await relay.AllocateAsync(relay.ClientOptions(transport));
        using var peer = new TestPeer(family);
        await client.BindChannelAsync(peer.Address, Cancellation);

        foreach (var length in new[] { 0, 1, 2, 3, 4, 5, 1199, 1200, 1472, 9000, 60_000 })
        {
            var payload = new byte[length];
            Random.Shared.NextBytes(payload);
            await client.SendAsync(peer.Address, payload, Cancellation);
            var (from, arrived) = await peer.ReceiveAsync();
            Assert.Equal(payload, arrived);

            peer.Send(from, arrived);
            Assert.Equal(payload, (await client.ReceiveAsync(Cancellation)).Payload.ToArray());
        }
    }

    [Theory]
    [InlineData(1, IpFamily.IPv4)]
    [InlineData(4, IpFamily.IPv4)]
    [InlineData(4, IpFamily.IPv6)]
    public async Task Clients_of_one_relay_reach_each_other_whatever_their_shards_and_transports(int shards, IpFamily family)
    {
        await using var relay = await StartAsync(family, shards);
        // With four shards, eight clients are on more than one of them: connections take turns.
        ClientTransport[] transports = [ClientTransport.Udp, ClientTransport.Tcp, ClientTransport.Tls, ClientTransport.Udp];
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => relay.AllocateAsync(relay.ClientOptions(transports[i % 4]))));
        foreach (var client in clients)
        {
            foreach (var other in clients)
            {
                if (other == client) continue;
                await client.PermitAsync(Relayed(other).Ip, Cancellation);
                await other.PermitAsync(Relayed(client).Ip, Cancellation);
                if (Array.IndexOf(clients, other) % 2 == 0) await client.BindChannelAsync(Relayed(other), Cancellation);

                await client.SendAsync(Relayed(other), "ping");
                Assert.Equal((Relayed(client), "ping"), await other.ReceiveTextAsync());
            }
        }

        // Inside the process: nothing went over the network.
        Assert.Equal(0, relay.Host.Counters.Sum(counters => counters.ToPeers.Packets));
        Assert.Equal(8 * 7, relay.Host.Counters.Sum(counters => counters.InProcess.Packets));
        foreach (var client in clients) await client.DisposeAsync();
    }

    /// <summary>Behind a 1:1 NAT the public address isn't the host's own, so the host's kernel accepts it as a source.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_datagram_from_the_network_with_the_relays_public_address_is_not_taken_for_one_handed_over_in_the_process(int shards)
    {
        const string PublicAddress = "127.0.0.2";
        var options = TestRelay.Options(shards: shards, addresses: [new() { Address = "127.0.0.1", Public = PublicAddress }]);
        await using var relay = await StartAsync(options);
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => relay.AllocateAsync()));
        var (sender, receiver) = (clients[0], clients[^1]);
        Assert.Equal(PublicAddress, Relayed(sender).Ip.ToString());
        await receiver.PermitAsync(Relayed(sender).Ip, Cancellation);
        await sender.PermitAsync(Relayed(receiver).Ip, Cancellation);

        // The relay's socket is bound to the local address, so the public one is free for the forger.
        using (var forger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            forger.Bind(Relayed(sender).ToIPEndPoint());
            forger.SendTo("forged"u8, (Relayed(receiver) with { Ip = TestRelay.Loopback(IpFamily.IPv4) }).ToIPEndPoint());
            await TestWait.UntilAsync(() => relay.Host.Counters.Sum(counters => counters.Drops(DropReason.NotRelayed)) == 1);
        }

        await sender.SendAsync(Relayed(receiver), "genuine");
        Assert.Equal((Relayed(sender), "genuine"), await receiver.ReceiveTextAsync());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory, MemberData(nameof(Families))]
    public async Task A_peer_without_permission_is_not_heard(IpFamily family)
    {
        await using var relay = await StartAsync(family);
        await using var client = await relay.AllocateAsync();
        using var peer = new TestPeer(family);

        peer.Send(Relayed(client), "too early");
        await TestWait.UntilAsync(() => relay.Host.Counters.Sum(counters => counters.Drops(DropReason.NoPermission)) == 1);

        await client.PermitAsync(peer.Address.Ip, Cancellation);
        peer.Send(Relayed(client), "in time");
        Assert.Equal((peer.Address, "in time"), await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_denied_peer_is_refused()
    {
        await using var relay = await StartAsync();
        await using var client = await relay.AllocateAsync();

        var refusal = await Assert.ThrowsAsync<TurnException>(() => client.PermitAsync(IpAddress.Parse("169.254.169.254"), Cancellation));
        Assert.Equal(StunErrorCode.Forbidden, refusal.Code);
    }

    [Theory]
    [InlineData("another secret altogether", 3600)]
    [InlineData(TestRelay.Secret, -3600)]
    public async Task A_wrong_password_and_an_expired_credential_are_refused(string secret, int lifetime)
    {
        await using var relay = await StartAsync();
        await using var client = await relay.ConnectAsync(
            relay.ClientOptions() with { Credentials = TestRelay.Credentials(secret: secret, lifetime: TimeSpan.FromSeconds(lifetime)) });

        var refusal = await Assert.ThrowsAsync<TurnException>(() => client.AllocateAsync(cancellation: Cancellation));
        Assert.Equal(StunErrorCode.Unauthenticated, refusal.Code);
        Assert.Equal(0, relay.Host.Allocations);
    }

    [Fact]
    public async Task When_all_ports_are_taken_an_allocation_is_refused_until_one_is_free()
    {
        var port = FreePorts.Take(2);
        await using var relay = await StartAsync(ports: $"{port}-{port + 1}");
        await using var first = await relay.AllocateAsync();
        await using var second = await relay.AllocateAsync();
        await using var third = await relay.ConnectAsync();

        var refusal = await Assert.ThrowsAsync<TurnException>(() => third.AllocateAsync(cancellation: Cancellation));
        Assert.Equal(StunErrorCode.InsufficientCapacity, refusal.Code);

        await first.ReleaseAsync(Cancellation);
        await third.AllocateAsync(cancellation: Cancellation);
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_passed_over()
    {
        using var other = new TestPeer();
        var port = other.Address.Port;
        await using var relay = await StartAsync(ports: $"{port}-{port}");
        await using var client = await relay.ConnectAsync();

        var refusal = await Assert.ThrowsAsync<TurnException>(() => client.AllocateAsync(cancellation: Cancellation));
        Assert.Equal(StunErrorCode.InsufficientCapacity, refusal.Code);
    }

    [Fact]
    public async Task Many_allocations_stand_side_by_side()
    {
        await using var relay = await StartAsync();
        using var peer = new TestPeer();
        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => relay.AllocateAsync()));
        Assert.Equal(200, relay.Host.Allocations);
        Assert.Equal(200, clients.Select(Relayed).Distinct().Count());

        foreach (var client in clients)
        {
            await client.BindChannelAsync(peer.Address, Cancellation);
            await client.SendAsync(peer.Address, "here");
            Assert.Equal((Relayed(client), "here"), await peer.ReceiveTextAsync());
            await client.ReleaseAsync(Cancellation);
            await client.DisposeAsync();
        }

        Assert.Equal(0, relay.Host.Allocations);
    }

    [Fact]
    public async Task A_client_that_released_its_allocation_may_allocate_again()
    {
        await using var relay = await StartAsync();
        await using var client = await relay.AllocateAsync();
        Assert.Equal(
            StunErrorCode.AllocationMismatch,
            (await Assert.ThrowsAsync<TurnException>(() => client.AllocateAsync(cancellation: Cancellation))).Code);

        await client.ReleaseAsync(Cancellation);
        Assert.Equal(0, relay.Host.Allocations);
        await client.AllocateAsync(cancellation: Cancellation);
        Assert.Equal(1, relay.Host.Allocations);
    }

    [Fact]
    public async Task A_relayed_port_closes_with_its_allocation()
    {
        // A port that no other test takes while it is free.
        var port = FreePorts.Take();
        await using var relay = await StartAsync(ports: $"{port}-{port}");
        await using var client = await relay.AllocateAsync();
        var relayed = Relayed(client);
        await client.ReleaseAsync(Cancellation);

        using var free = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        free.Bind(relayed.ToIPEndPoint());
    }

    [Fact]
    public async Task An_answer_leaves_from_the_address_that_was_asked()
    {
        // A client's connected socket only receives from that address.
        await using var relay = await StartAsync(TestRelay.Options(listeners: [new() { Address = "0.0.0.0", Port = 0 }]));
        Assert.All(relay.Host.ListenEndpoints, listener => Assert.NotEqual(default, listener.Address.Ip.Bits));

        foreach (var listener in relay.Host.ListenEndpoints)
        {
            await using var client = await relay.ConnectAsync(relay.ClientOptions() with { Server = listener.Address });
            Assert.Equal(client.Local, await client.BindingAsync(Cancellation));
        }
    }

    [Fact]
    public async Task A_peer_that_is_gone_does_no_harm()
    {
        await using var relay = await StartAsync();
        await using var client = await relay.AllocateAsync();
        var gone = new TestPeer();
        using var peer = new TestPeer();
        await client.BindChannelAsync(gone.Address, Cancellation);
        await client.BindChannelAsync(peer.Address, Cancellation);
        gone.Dispose();

        for (var i = 0; i < 10; i++) await client.SendAsync(gone.Address, "hello");
        await client.SendAsync(peer.Address, "still here");
        Assert.Equal("still here", (await peer.ReceiveTextAsync()).Text);
        peer.Send(Relayed(client), "me too");
        Assert.Equal("me too", (await client.ReceiveTextAsync()).Text);
    }

    [Fact]
    public async Task Garbage_is_dropped_and_counted()
    {
        await using var relay = await StartAsync();
        using var stranger = new TestPeer();
        foreach (var garbage in new byte[][] { [], [0], [0xff, 1, 2, 3], new byte[20], new byte[60_000] })
            stranger.Send(relay.Endpoint(), garbage);
        await TestWait.UntilAsync(() => relay.Host.Counters.Sum(counters => counters.Drops(DropReason.Malformed)) == 5);

        await using var client = await relay.ConnectAsync();
        Assert.Equal(client.Local, await client.BindingAsync(Cancellation));
        Assert.Equal(0, relay.Host.EngineCounters.Unexpected);
    }

    [Fact]
    public async Task A_stopped_relay_has_closed_everything()
    {
        // Ports that no other test takes while they are free.
        var (port, relayed) = (FreePorts.Take(), FreePorts.Take());
        var relay = await StartAsync(
            TestRelay.Options(listeners: [new() { Address = "127.0.0.1", Port = port }], ports: $"{relayed}-{relayed}"));
        var listener = relay.Endpoint();
        await using var client = await relay.AllocateAsync();
        await relay.Host.StopAsync(Cancellation);

        Assert.Equal(0, relay.Host.Allocations);
        foreach (var address in new[] { listener, Relayed(client) })
        {
            using var free = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
            free.Bind(address.ToIPEndPoint());
        }
    }

    private static TransportAddress Relayed(TurnClient client) => client.Allocation!.Relayed[0];

    private async Task<TestRelay> StartAsync(IpFamily family = IpFamily.IPv4, int shards = 2, string ports = "49152-65535")
    {
        TestRelay.SkipWithout(family);
        return await StartAsync(TestRelay.Options(family, shards: shards, ports: ports));
    }

    /// <summary>Starts a relay with this engine.</summary>
    private protected Task<TestRelay> StartAsync(RelayOptions options, TimeProvider? time = null) =>
        TestRelay.StartAsync(options, Bind, time);
}
