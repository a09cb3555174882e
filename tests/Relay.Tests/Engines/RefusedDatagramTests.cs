using System.Net.Sockets;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests.Engines;

/// <summary>Datagrams that the system refuses: a client can cause any number of them with an unreachable peer.</summary>
[Collection(nameof(Alone))]
public class RefusedDatagramTests
{
    private const int Refused = 1000;

    // Broadcast on loopback: the system refuses it on a socket without SO_BROADCAST (EACCES), and no packet leaves.
    private static readonly TransportAddress Broadcast = TransportAddress.Parse("127.255.255.255:9");

    [Fact]
    public async Task Refused_datagrams_are_counted_cost_no_exception_and_do_not_stop_the_rest()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux(), "only on Linux does the engine send without exceptions");
        await using var relay = await TestRelay.StartAsync();
        await using var client = await relay.AllocateAsync();
        using var peer = new TestPeer();
        await client.BindChannelAsync(Broadcast, Deadline.Token);
        await client.BindChannelAsync(peer.Address, Deadline.Token);

        var thrown = await SocketExceptions.CountAsync(async () =>
        {
            for (var i = 1; i <= Refused; i++)
            {
                await client.SendAsync(Broadcast, "hello");
                await TestWait.UntilAsync(() => relay.Host.EngineCounters.SendUnreachable == i);
            }

            await client.SendAsync(peer.Address, "still here");
            Assert.Equal("still here", (await peer.ReceiveTextAsync()).Text);
        });

        Assert.Equal(0, thrown);
        Assert.Equal((0, 0), (relay.Host.EngineCounters.SendFailed, relay.Host.EngineCounters.Unexpected));
    }

    [Fact]
    public async Task A_peer_that_answers_that_nobody_is_there_costs_no_exception()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems may report ICMP errors otherwise");
        await using var relay = await TestRelay.StartAsync();
        await using var client = await relay.AllocateAsync();
        using var peer = new TestPeer();
        var gone = new TestPeer();
        await client.BindChannelAsync(gone.Address, Deadline.Token);
        await client.BindChannelAsync(peer.Address, Deadline.Token);
        gone.Dispose();

        var thrown = await SocketExceptions.CountAsync(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await client.SendAsync(gone.Address, "hello");
                // Loopback answers at once (ICMP port unreachable); the round trip comes after it.
                await client.SendAsync(peer.Address, "there");
                peer.Send((await peer.ReceiveAsync()).From, "and back");
                Assert.Equal("and back", (await client.ReceiveTextAsync()).Text);
            }
        });

        Assert.Equal((0, 0), (thrown, relay.Host.EngineCounters.ReceiveFailed));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 1200, SocketError.Success)]
    [InlineData("127.0.0.1", "127.0.0.1", 0, SocketError.Success)]
    [InlineData("127.0.0.1", "127.0.0.1", 65_508, SocketError.MessageSize)]
    [InlineData("127.0.0.1", "127.255.255.255", 1200, SocketError.AccessDenied)]
    // Loopback has no route out.
    [InlineData("127.0.0.1", "203.0.113.1", 1200, SocketError.InvalidArgument)]
    [InlineData("::1", "::1", 1200, SocketError.Success)]
    [InlineData("::1", "::1", 65_536, SocketError.MessageSize)]
    public void The_system_s_reason_is_told_as_the_framework_tells_it(string from, string to, int length, SocketError expected)
    {
        var local = new TransportAddress(IpAddress.Parse(from), 0);
        TestRelay.SkipWithout(local.Family);
        using var socket = DatagramSocket.Open(local, 0, reusePort: false);
        var message = new byte[length];
        var address = new SendAddresses().To(new(IpAddress.Parse(to), 9));

        var error = DatagramSend.Send(socket, message, address);

        Assert.Equal(expected, error);
        Assert.Equal(expected, DatagramSend.SendByFramework(socket, message, address));
    }

    [Fact]
    public void A_closed_socket_takes_nothing()
    {
        var socket = DatagramSocket.Open(TransportAddress.Parse("127.0.0.1:0"), 0, reusePort: false);
        var address = new SendAddresses().To(Broadcast);
        socket.Dispose();

        Assert.Equal(SocketError.OperationAborted, DatagramSend.Send(socket, new byte[8], address));
        Assert.Equal(SocketError.OperationAborted, DatagramSend.SendByFramework(socket, new byte[8], address));
    }
}
