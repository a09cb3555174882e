using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Network;

/// <summary>
/// A path with a smaller MTU than the relay's link, behind a router: RFC 8656 §14 and §18.9.
/// <code>
/// relay ──1500── router ──1280── client and peer
/// </code>
/// </summary>
public sealed class FragmentationTests : IDisposable
{
    private const string TooLargeSends = "causeway_relay_socket_failures_total{kind=\"send_too_large\"}";
    private readonly NetworkNamespace? _relay;
    private readonly NetworkNamespace? _router;
    private readonly NetworkNamespace? _far;

    public FragmentationTests()
    {
        Namespaces.SkipWhereThereAreNone();
        (_relay, _router, _far) = (NetworkNamespace.New(), NetworkNamespace.New(), NetworkNamespace.New());
        _relay.Join(_router, "out", "10.81.1.2/24 2001:db8:81:1::2/64", "near", "10.81.1.1/24 2001:db8:81:1::1/64");
        _far.Join(_router, "out", "10.81.2.2/24 2001:db8:81:2::2/64", "far", "10.81.2.1/24 2001:db8:81:2::1/64", mtu: 1280);
        _router.Sysctl("ipv4.ip_forward", 1);
        _router.Sysctl("ipv6.conf.all.forwarding", 1);
        _router.Sysctl("ipv4.icmp_ratelimit", 0);
        _router.Sysctl("ipv6.icmp.ratelimit", 0);
        foreach (var (host, network) in new[] { (_relay, 1), (_far, 2) })
        {
            host.Ip($"route add default via 10.81.{network}.1");
            host.Ip($"route add default via 2001:db8:81:{network}::1");
        }
    }

    [Fact]
    public async Task Datagrams_longer_than_the_path_arrive_both_ways_where_no_ICMP_does()
    {
        // The router's ICMP to the relay is lost, as behind many firewalls.
        _router!.Ip("rule add priority 10 iif lo to 10.81.1.0/24 blackhole");
        using var relay = await StartAsync("10.81.1.2");
        using var peer = _far!.Udp(IPEndPoint.Parse("10.81.2.2:0"));
        await using var client = await NetworkRelay.AllocateAsync(_far, "10.81.1.2");
        var address = At("10.81.2.2", peer);

        await client.PermitAsync(address.Ip, Deadline.Token);
        await client.SendAsync(address, Text("by indication", 1400), Deadline.Token);
        Assert.Equal("by indication", await peer.ReceiveTextAsync());
        await client.BindChannelAsync(address, Deadline.Token);
        await client.SendAsync(address, Text("by channel", 1472), Deadline.Token);
        Assert.Equal("by channel", await peer.ReceiveTextAsync());
        // Longer than the relay's own MTU.
        await client.SendAsync(address, Text("large", 4000), Deadline.Token);
        Assert.Equal("large", await peer.ReceiveTextAsync());

        await peer.SendToAsync(Text("and back", 1460), SocketFlags.None, client.Allocation!.Relayed[0].ToIPEndPoint(), Deadline.Token);
        Assert.Equal("and back", (await client.ReceiveTextAsync()).Text.TrimEnd('.'));
    }

    [Theory]
    [InlineData("10.81.1.2", "10.81.2.2")]
    [InlineData("2001:db8:81:1::2", "2001:db8:81:2::2")]
    public async Task Who_asks_for_DF_gets_it_for_that_datagram_alone(string relayAddress, string farAddress)
    {
        using var relay = await StartAsync(relayAddress);
        using var peer = _far!.Udp(
            IPEndPoint.Parse(farAddress.Contains(':', StringComparison.Ordinal) ? $"[{farAddress}]:0" : $"{farAddress}:0"));
        await using var client = await NetworkRelay.AllocateAsync(_far, relayAddress);
        var address = At(farAddress, peer);
        await client.PermitAsync(address.Ip, Deadline.Token);

        // The router drops it and tells the relay's host the path's MTU.
        await client.SendUnfragmentedAsync(address, Text("dropped by the router", 1400), Deadline.Token);
        // Now the host knows it, and refuses. The first datagram may overtake the ICMP message, so it is repeated.
        await TestWait.UntilAsync(async () =>
        {
            await client.SendUnfragmentedAsync(address, Text("dropped by the host", 1400), Deadline.Token);
            return await relay.MetricAsync(TooLargeSends) > 0;
        });

        await client.SendUnfragmentedAsync(address, Text("short enough", 1200), Deadline.Token);
        Assert.Equal("short enough", await peer.ReceiveTextAsync());
        await client.SendAsync(address, Text("in fragments", 1400), Deadline.Token);
        Assert.Equal("in fragments", await peer.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("10.81.1.2", "10.81.2.2")]
    [InlineData("2001:db8:81:1::2", "2001:db8:81:2::2")]
    public async Task The_MTU_of_the_path_is_told_by_the_router_and_then_by_the_relays_host(string relayAddress, string farAddress)
    {
        var errors = Channel.CreateUnbounded<TurnPeerError>();
        using var relay = await StartAsync(relayAddress);
        await using var client = await NetworkRelay.AllocateAsync(_far!, relayAddress, error => errors.Writer.TryWrite(error));
        var address = new TransportAddress(IpAddress.Parse(farAddress), 9);
        await client.PermitAsync(address.Ip, Deadline.Token);
        var expected = new TurnPeerError(address, IcmpError.TooBig(address.Family, 1280));

        await client.SendUnfragmentedAsync(address, Text("dropped by the router", 1400), Deadline.Token);
        Assert.Equal(expected, await errors.Reader.ReadAsync(Deadline.Token));
        Assert.Equal(0, await relay.MetricAsync(TooLargeSends));

        // Now the host knows it, and tells it in the router's place.
        await client.SendUnfragmentedAsync(address, Text("dropped by the host", 1400), Deadline.Token);
        Assert.Equal(expected, await errors.Reader.ReadAsync(Deadline.Token));
        Assert.Equal(1, await relay.MetricAsync(TooLargeSends));
        Assert.Equal(2, await relay.MetricAsync("causeway_relay_icmp_total{outcome=\"reported\"}"));
    }

    [Theory]
    [InlineData("10.81.1.2", "10.81.2.99", 3, 1)]
    [InlineData("2001:db8:81:1::2", "2001:db8:81:2::99", 1, 0)]
    public async Task A_peer_that_a_router_does_not_reach_is_told(string relayAddress, string unreachable, byte type, byte code)
    {
        _router!.Ip($"route add unreachable {unreachable}");
        var errors = Channel.CreateUnbounded<TurnPeerError>();
        using var relay = await StartAsync(relayAddress);
        await using var client = await NetworkRelay.AllocateAsync(_far!, relayAddress, error => errors.Writer.TryWrite(error));
        var address = new TransportAddress(IpAddress.Parse(unreachable), 9);
        await client.BindChannelAsync(address, Deadline.Token);

        await client.SendAsync(address, Text("nowhere", 100), Deadline.Token);

        Assert.Equal(new TurnPeerError(address, new(type, code, 0)), await errors.Reader.ReadAsync(Deadline.Token));
    }

    public void Dispose()
    {
        foreach (var network in new[] { _relay, _router, _far }) network?.Dispose();
    }

    private Task<NetworkRelay> StartAsync(string address) => NetworkRelay.StartAsync(
        _relay!,
        "--relay:listeners:0:address", address,
        "--relay:allowPeers:0", "10.81.2.0/24",
        "--relay:allowPeers:1", "2001:db8:81:2::/64");

    private static TransportAddress At(string address, Socket socket) =>
        new(IpAddress.Parse(address), TransportAddress.From((IPEndPoint)socket.LocalEndPoint!).Port);

    private static byte[] Text(string text, int length) => Encoding.ASCII.GetBytes(text.PadRight(length, '.'));
}
