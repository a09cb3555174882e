using System.Net;
using System.Net.Sockets;
using System.Text;
using Causeway.Turn.Client;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests.Engines;

/// <summary>
/// The IP header of relayed packets on real sockets: RFC 8656 §14 and §15. Loopback sends with a TTL of 64, so one relay leaves 63.
/// </summary>
public sealed class IpFieldsTests : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public static MatrixTheoryData<IpFamily, bool, byte> Marks =>
        // Not-ECT, ECT(1), ECT(0), CE; EF and AF41 with ECT(1).
        new([IpFamily.IPv4, IpFamily.IPv6], [true, false], [0x00, 0x01, 0x02, 0x03, 0xB9, 0x89]);

    [Theory, MemberData(nameof(Marks))]
    public async Task Marks_of_a_client_over_UDP_reach_the_peer_and_those_of_the_peer_the_client(
        IpFamily family, bool channel, byte trafficClass)
    {
        var peer = Open(family);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family));
        var transport = new MarkingTransport(relay.Endpoint());
        await using var client = new TurnClient(transport, relay.ClientOptions());
        await client.AllocateAsync(new() { Family = family }, Deadline.Token);
        if (channel) await client.BindChannelAsync(AddressOf(peer), Deadline.Token);
        else await client.PermitAsync(AddressOf(peer).Ip, Deadline.Token);

        transport.Mark(trafficClass);
        await client.SendAsync(AddressOf(peer), "to the peer");
        Assert.Equal(("to the peer", new IpFields(trafficClass, 63)), await ReceiveAsync(peer));
        // The next datagram has its own.
        transport.Mark(0x02);
        await client.SendAsync(AddressOf(peer), "another");
        Assert.Equal(("another", new IpFields(0x02, 63)), await ReceiveAsync(peer));

        var to = new SendAddresses().To(client.Allocation!.Relayed[0]);
        Assert.Equal(SocketError.Success, DatagramSend.Send(peer, "to the client"u8, to, new(trafficClass, 12)));
        Assert.Equal("to the client", (await client.ReceiveTextAsync()).Text);
        Assert.Equal(new IpFields(trafficClass, 11), transport.Received);
    }

    /// <summary>A stream has one set of fields for all its data, so each datagram gets the defaults (RFC 8656 §15).</summary>
    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Data_of_a_client_over_TCP_reaches_the_peer_as_best_effort_and_not_ECN_capable(IpFamily family)
    {
        var peer = Open(family);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family));
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        await client.BindChannelAsync(AddressOf(peer), Deadline.Token);

        await client.SendAsync(AddressOf(peer), "to the peer");

        Assert.Equal(("to the peer", new IpFields(0, 64)), await ReceiveAsync(peer));
    }

    [Theory]
    [InlineData(IpFamily.IPv4)]
    [InlineData(IpFamily.IPv6)]
    public async Task Marks_pass_from_one_client_of_the_relay_to_another(IpFamily family)
    {
        Open(family);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family));
        var (first, second) = (new MarkingTransport(relay.Endpoint()), new MarkingTransport(relay.Endpoint()));
        await using var sender = new TurnClient(first, relay.ClientOptions());
        await using var receiver = new TurnClient(second, relay.ClientOptions());
        await sender.AllocateAsync(new() { Family = family }, Deadline.Token);
        await receiver.AllocateAsync(new() { Family = family }, Deadline.Token);
        await receiver.PermitAsync(sender.Allocation!.Relayed[0].Ip, Deadline.Token);
        await sender.BindChannelAsync(receiver.Allocation!.Relayed[0], Deadline.Token);

        first.Mark(0x03);
        await sender.SendAsync(receiver.Allocation.Relayed[0], "congested");

        Assert.Equal("congested", (await receiver.ReceiveTextAsync()).Text);
        Assert.Equal(new IpFields(0x03, 62), second.Received);
    }

    [Fact]
    public async Task A_packet_without_a_hop_left_is_dropped()
    {
        var peer = Open(IpFamily.IPv4);
        await using var relay = await TestRelay.StartAsync();
        await using var client = await relay.AllocateAsync();
        await client.PermitAsync(AddressOf(peer).Ip, Deadline.Token);
        var to = new SendAddresses().To(client.Allocation!.Relayed[0]);

        DatagramSend.Send(peer, "one hop too far"u8, to, new(0, 1));
        DatagramSend.Send(peer, "just here"u8, to, new(0, 2));

        Assert.Equal("just here", (await client.ReceiveTextAsync()).Text);
        Assert.Equal(1, relay.Host.Counters.Sum(counters => counters.Drops(DropReason.HopLimit)));
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private Socket Open(IpFamily family)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems are not asked for the IP fields of datagrams");
        TestRelay.SkipWithout(family);
        var socket = DatagramSocket.Open(new(TestRelay.Loopback(family), 0), 0, reusePort: false);
        _sockets.Add(socket);
        return socket;
    }

    private static TransportAddress AddressOf(Socket socket) => TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);

    private static async Task<(string Text, IpFields Fields)> ReceiveAsync(Socket socket)
    {
        var (buffer, from) = (new byte[1500], SocketAddresses.Create(AddressOf(socket).Family));
        var (length, fields) = (0, default(IpFields));
        await TestWait.UntilAsync(() => DatagramReceive.Receive(socket, buffer, from, out length, out fields) == SocketError.Success);
        return (Encoding.ASCII.GetString(buffer, 0, length), fields);
    }
}
