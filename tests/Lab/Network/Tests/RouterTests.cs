using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Network.Tests;

/// <summary>The lab's routers do what their names say; seen from outside, before any browser relies on it.</summary>
[Collection(nameof(Alone))]
public sealed class RouterTests : IAsyncDisposable
{
    // For what should come; a busy machine may take its time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Testbed _testbed = Testbed.Create("routers");

    public ValueTask DisposeAsync() => _testbed.DisposeAsync();

    [Fact]
    public async Task A_friendly_NAT_shows_one_address_to_everybody()
    {
        var (home, mapped) = await MappedByTwo(Access.FriendlyNat);
        Assert.Equal(home.Router.IPv4, mapped.First.Address);
        Assert.Equal(mapped.First, mapped.Second);
    }

    [Fact]
    public async Task A_symmetric_NAT_shows_another_port_to_every_peer()
    {
        var (office, mapped) = await MappedByTwo(Access.SymmetricNat);
        Assert.Equal(office.Router.IPv4, mapped.First.Address);
        Assert.Equal(office.Router.IPv4, mapped.Second.Address);
        Assert.NotEqual(mapped.First.Port, mapped.Second.Port);
    }

    [Fact]
    public async Task Behind_two_NATs_the_carriers_address_is_seen()
    {
        var (home, mapped) = await MappedByTwo(Access.DoubleNat);
        Assert.StartsWith("198.51.100.", home.Router.IPv4.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("203.0.113.", mapped.First.Address.ToString(), StringComparison.Ordinal);
        Assert.Equal(mapped.First, mapped.Second);
    }

    [Fact]
    public async Task Without_IPv4_the_hosts_own_address_is_seen()
    {
        var server = _testbed.Server("server");
        var host = _testbed.Site("home", Access.IPv6Only).Host("alice");
        var (stun, _) = await StunServer.StartAsync(server, server.IPv6);
        using var socket = host.Udp(AddressFamily.InterNetworkV6);
        Assert.Equal(socket.LocalEndPoint, StunBinding.MappedAddress(socket, stun));
        Assert.Throws<InvalidOperationException>(() => host.IPv4);
    }

    [Fact]
    public async Task At_home_with_IPv6_only_IPv4_is_translated()
    {
        var server = _testbed.Server("server");
        var home = _testbed.Site("home", Access.HomeWithIPv6);
        var host = home.Host("alice");
        using var socket4 = host.Udp();
        using var socket6 = host.Udp(AddressFamily.InterNetworkV6);
        var (stun4, _) = await StunServer.StartAsync(server, server.IPv4);
        Assert.Equal(home.Router.IPv4, StunBinding.MappedAddress(socket4, stun4)!.Address);
        var (stun6, _) = await StunServer.StartAsync(server, server.IPv6);
        Assert.Equal(socket6.LocalEndPoint, StunBinding.MappedAddress(socket6, stun6));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_nobody_asked_for_is_dropped_and_takes_no_mapping(bool isIPv6)
    {
        var family = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var access = isIPv6 ? Access.IPv6Only : Access.FriendlyNat;
        var (alice, bob) = (_testbed.Site("home-a", access).Host("alice"), _testbed.Site("home-b", access).Host("bob"));
        using var alices = alice.Udp(family, 5000);
        using var bobs = bob.Udp(family, 5000);
        var (alicesOuter, bobsOuter) = isIPv6
            ? (new IPEndPoint(alice.IPv6, 5000), new IPEndPoint(bob.IPv6, 5000))
            : (new IPEndPoint(RouterOf("home-a"), 5000), new IPEndPoint(RouterOf("home-b"), 5000));

        // Bob's datagrams come before Alice's hole is made: lost. Alice's makes hers and passes Bob's. Now both ways are open.
        Assert.Null(Passed(bobs, alicesOuter, alices, attempts: 3));
        Assert.Equal(alicesOuter, Passed(alices, bobsOuter, bobs));
        Assert.Equal(bobsOuter, Passed(bobs, alicesOuter, alices));
    }

    [Fact]
    public async Task Where_UDP_is_blocked_TCP_passes()
    {
        var (host, tcp, stun) = await ServerAndHost(Access.UdpBlocked, port: 8443);
        using (tcp) Assert.True(host.CanConnect((IPEndPoint)tcp.LocalEndPoint!, within: Patience));
        using var udp = host.Udp();
        Assert.Null(StunBinding.MappedAddress(udp, stun, attempts: 4));
    }

    [Fact]
    public async Task Where_only_443_is_open_nothing_else_passes()
    {
        var (host, https, stun) = await ServerAndHost(Access.Only443, port: 443);
        using (https) Assert.True(host.CanConnect((IPEndPoint)https.LocalEndPoint!, within: Patience));
        using var other = Listen(_testbed.Hosts.Single(candidate => candidate.Name == "server"), 8443);
        Assert.False(host.CanConnect((IPEndPoint)other.LocalEndPoint!, within: TimeSpan.FromSeconds(1)));
        using var udp = host.Udp();
        Assert.Null(StunBinding.MappedAddress(udp, stun, attempts: 4));
    }

    [Fact]
    public void Hosts_of_one_site_meet_without_the_router()
    {
        var home = _testbed.Site("home", Access.Only443);
        var (alice, bob) = (home.Host("alice"), home.Host("bob"));
        using var bobs = Listen(bob, 8080);
        Assert.True(alice.CanConnect((IPEndPoint)bobs.LocalEndPoint!, within: Patience));
    }

    private async Task<(Site, (IPEndPoint First, IPEndPoint Second))> MappedByTwo(Access access)
    {
        var server = _testbed.Server("server");
        var site = _testbed.Site("site", access);
        var (first, second) = await StunServer.StartAsync(server, server.IPv4);
        using var socket = site.Host("alice").Udp();
        var (one, other) = (StunBinding.MappedAddress(socket, first), StunBinding.MappedAddress(socket, second));
        Assert.NotNull(one);
        Assert.NotNull(other);
        return (site, (one, other));
    }

    private async Task<(Host Host, Socket Tcp, IPEndPoint Stun)> ServerAndHost(Access access, int port)
    {
        var server = _testbed.Server("server");
        var (stun, _) = await StunServer.StartAsync(server, server.IPv4);
        return (_testbed.Site("office", access).Host("alice"), Listen(server, port), stun);
    }

    private static Socket Listen(Host host, int port) => host.Call(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(host.IPv4, port));
        socket.Listen();
        return socket;
    });

    private IPAddress RouterOf(string site) => _testbed.Hosts.Single(host => host.Name == $"{site}-router").IPv4;

    /// <summary>
    /// Who a datagram comes from when it is there; null when none passed. The first to a neighbour waits until the neighbour was found, and
    /// may be late or lost: one is sent again and again.
    /// </summary>
    private static IPEndPoint? Passed(Socket from, IPEndPoint to, Socket at, int attempts = 60)
    {
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            from.SendTo("hello"u8, to);
            if (!at.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectRead)) continue;
            EndPoint sender = new IPEndPoint(at.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            at.ReceiveFrom(new byte[64], ref sender);
            return (IPEndPoint)sender;
        }

        return null;
    }
}
