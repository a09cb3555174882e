using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Causeway.Turn.Client;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>
/// ICMP errors for datagrams to peers, by the system's error queue: RFC 8656 §11.5. Loopback answers a datagram to a closed port by a real
/// ICMP message, before the call that sends it returns.
/// </summary>
[Collection(nameof(Alone))]
public class PeerErrorTests
{
    private const int Flood = 3000;
    private const int Burst = 20;

    public static MatrixTheoryData<ClientTransport, IpFamily, bool> Ways =>
        new([ClientTransport.Udp, ClientTransport.Tcp], [IpFamily.IPv4, IpFamily.IPv6], [true, false]);

    [Theory, MemberData(nameof(Ways))]
    public async Task A_client_is_told_that_nothing_listens_on_a_peers_port(ClientTransport transport, IpFamily family, bool channel)
    {
        SkipWithout(family);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family));
        var errors = Channel.CreateUnbounded<TurnPeerError>();
        await using var client = await relay.AllocateAsync(
            relay.ClientOptions(transport) with { PeerFailed = error => errors.Writer.TryWrite(error) });
        var gone = Gone(family);
        if (channel) await client.BindChannelAsync(gone, Deadline.Token);
        else await client.PermitAsync(gone.Ip, Deadline.Token);

        await client.SendAsync(gone, "hello");

        Assert.Equal(new TurnPeerError(gone, PortUnreachable(family)), await errors.Reader.ReadAsync(Deadline.Token));
        Assert.Equal((0, 0), (relay.Host.EngineCounters.ReceiveFailed, relay.Host.EngineCounters.Unexpected));
    }

    /// <summary>With IP_RECVERR a pending error fails the next send on the socket, to whichever peer.</summary>
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task The_error_of_one_peer_costs_no_other_peer_a_datagram(IpFamily family)
    {
        SkipWithout(family);
        PortableEngine engine = null!;
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(family), (settings, events, time) => engine = PortableEngine.Bind(settings, events, time));
        using var system = DatagramSocket.Open(new(TestRelay.Loopback(family), 0), 0, reusePort: false);
        // No loop reads it, so errors are pending when the next datagram is sent.
        var socket = new RelaySocket(engine, system, family, new(engine.Shard(0)!, default));
        var (gone, addresses) = (Gone(family), new SendAddresses());
        using var bystander = new TestPeer(family);
        using var peer = new TestPeer(family);

        // The premise.
        await TestWait.UntilAsync(() =>
        {
            socket.Send("anyone?"u8, gone, addresses);
            return DatagramSend.Send(system, "lost"u8, addresses.To(bystander.Address)) == SocketError.ConnectionRefused;
        });

        for (var i = 0; i < 100; i++)
        {
            socket.Send("anyone?"u8, gone, addresses);
            await TestWait.UntilAsync(() => system.Poll(0, SelectMode.SelectError));
            socket.Send(BitConverter.GetBytes(i), peer.Address, addresses);
            Assert.Equal(i, BitConverter.ToInt32((await peer.ReceiveAsync()).Payload));
        }

        Assert.InRange(engine.Counters.SendRetried, 1, long.MaxValue);
        Assert.Equal((0, 0), (engine.Counters.SendUnreachable, engine.Counters.SendFailed));
    }

    /// <summary>
    /// Anyone can forge ICMP. A client hears of 20 errors and then of ten a second (here time stands still); its other peers lose nothing,
    /// no receive is counted as failed, so no loop ever pauses, and no exception is thrown.
    /// </summary>
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task A_flood_of_errors_reaches_a_client_in_part_and_harms_no_other_peer(IpFamily family)
    {
        SkipWithout(family);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family), time: time);
        var told = 0;
        await using var client = await relay.AllocateAsync(
            relay.ClientOptions() with { PeerFailed = _ => Interlocked.Increment(ref told) });
        using var peer = new TestPeer(family);
        var gone = Gone(family);
        await client.BindChannelAsync(gone, Deadline.Token);
        await client.BindChannelAsync(peer.Address, Deadline.Token);

        var thrown = await SocketExceptions.CountAsync(async () =>
        {
            for (var i = 0; i < Flood; i++)
            {
                await client.SendAsync(gone, "hello");
                if (i % 10 != 0) continue;
                await client.SendAsync(peer.Address, "there");
                peer.Send((await peer.ReceiveAsync()).From, "and back");
                Assert.Equal("and back", (await client.ReceiveTextAsync()).Text);
            }

            await TestWait.UntilAsync(() => Outcomes(relay, PeerErrorOutcome.Reported, PeerErrorOutcome.Limited) > Flood / 2);
        });

        Assert.Equal(Burst, Outcomes(relay, PeerErrorOutcome.Reported));
        await TestWait.UntilAsync(() => Volatile.Read(ref told) == Burst);
        Assert.Equal(0, thrown);
        Assert.Equal((0, 0), (relay.Host.EngineCounters.ReceiveFailed, relay.Host.EngineCounters.Unexpected));
        Assert.Equal(0, relay.Host.EngineCounters.SendUnreachable);
    }

    [Fact]
    public async Task Errors_are_told_only_while_the_client_has_a_permission()
    {
        SkipWithout(IpFamily.IPv4);
        PortableEngine engine = null!;
        await using var relay = await TestRelay.StartAsync(
            bind: (settings, events, time) => engine = PortableEngine.Bind(settings, events, time));
        await using var client = await relay.AllocateAsync();
        var gone = Gone(IpFamily.IPv4);

        // What a forged message does: an error of a peer that the client never permitted.
        var socket = engine.Relays[client.Allocation!.Relayed[0]];
        socket.Send("anyone?"u8, gone, new SendAddresses());

        await TestWait.UntilAsync(() => Outcomes(relay, PeerErrorOutcome.NoPermission) == 1);
        Assert.Equal(0, Outcomes(relay, PeerErrorOutcome.Reported));
    }

    /// <summary>
    /// Linux reports a queued error on every edge; a wait that returned at once while one is queued would make the loop spin.
    /// </summary>
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task A_wait_tells_an_error_once_and_then_waits_although_it_is_still_queued(IpFamily family)
    {
        SkipWithout(family);
        using var socket = DatagramSocket.Open(new(TestRelay.Loopback(family), 0), 0, reusePort: false);
        Assert.True(DatagramOptions.TryReceiveErrors(socket, family));
        using var wait = new DatagramWait(socket);
        var (gone, addresses) = (Gone(family), new SendAddresses());
        using var peer = new TestPeer(family);

        for (var i = 0; i < 10; i++)
        {
            var waiting = wait.NextAsync();
            Assert.False(waiting.IsCompleted);
            Assert.Equal(SocketError.Success, DatagramSend.Send(socket, "anyone?"u8, addresses.To(gone)));
            Assert.Equal(SocketError.ConnectionRefused, await waiting.AsTask().WaitAsync(Deadline.Token));

            var next = wait.NextAsync().AsTask();
            peer.Send(TransportAddress.From((IPEndPoint)socket.LocalEndPoint!), "hello");
            // The first completion after the error is the datagram's.
            Assert.Equal(SocketError.Success, await next.WaitAsync(Deadline.Token));
            Assert.Equal(SocketError.Success, DatagramReceive.Receive(socket, new byte[100], SocketAddresses.Create(family), out _, out _));
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.True(ErrorQueue.TryTake(socket, family, out var error));
            Assert.Equal((gone, false), (error.Peer, error.IsLocal));
            Assert.Equal(PortUnreachable(family), error.Icmp with { Data = 0 });
        }

        Assert.False(ErrorQueue.TryTake(socket, family, out _));
    }

    private static void SkipWithout(IpFamily family)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have no error queue");
        TestRelay.SkipWithout(family);
    }

    private static IcmpError PortUnreachable(IpFamily family) => family == IpFamily.IPv4 ? new(3, 3, 0) : new(1, 4, 0);

    /// <summary>A port on which nothing listens any more.</summary>
    private static TransportAddress Gone(IpFamily family)
    {
        using var peer = new TestPeer(family);
        return peer.Address;
    }

    private static long Outcomes(TestRelay relay, params PeerErrorOutcome[] outcomes) =>
        relay.Host.Counters.Sum(counters => outcomes.Sum(counters.PeerErrors));
}
