using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint.Ports;

namespace Causeway.Lab.Network.Tests;

/// <summary>A cloud instance is reached and seen as one on EC2.</summary>
[Collection(nameof(Alone))]
public sealed class InstanceTests : IAsyncDisposable
{
    private readonly Testbed _testbed = Testbed.Create("instance");
    private readonly Instance _instance;
    private readonly Site _home;
    private readonly Host _client;

    public InstanceTests()
    {
        _instance = _testbed.Instance("instance", addresses: 2);
        _home = _testbed.Site("home", Access.HomeWithIPv6);
        _client = _home.Host("alice");
    }

    public ValueTask DisposeAsync() => _testbed.DisposeAsync();

    [Fact]
    public async Task Each_private_address_is_reached_and_seen_by_its_public_one()
    {
        for (var i = 0; i < 2; i++)
        {
            using var service = Bound(_instance.PrivateIPv4[i], 7000);
            using var client = _client.Udp();
            client.SendTo("hello"u8, new IPEndPoint(_instance.PublicIPv4[i], 7000));
            var seen = await From(service);
            service.SendTo("welcome"u8, seen);
            Assert.Equal(new IPEndPoint(_instance.PublicIPv4[i], 7000), await From(client));
        }
    }

    [Fact]
    public async Task An_instance_that_calls_its_own_public_address_is_seen_by_it()
    {
        using var service = Bound(_instance.PrivateIPv4[1], 7000);
        using var client = Bound(_instance.PrivateIPv4[1], 7001);
        client.SendTo("hello"u8, new IPEndPoint(_instance.PublicIPv4[1], 7000));
        Assert.Equal(_instance.PublicIPv4[1], (await From(service)).Address);
    }

    [Fact]
    public void The_security_group_lets_in_what_it_names_and_nothing_else()
    {
        _instance.SecurityGroup(["meta nfproto ipv4 udp dport 7000-7001"]);
        using var open = Bound(_instance.PrivateIPv4[0], 7001);
        using var closed = Bound(_instance.PrivateIPv4[0], 7002);
        using var client = _client.Udp();
        client.SendTo("hello"u8, new IPEndPoint(_instance.PublicIPv4[0], 7002));
        client.SendTo("hello"u8, new IPEndPoint(_instance.PublicIPv4[0], 7001));
        Assert.True(open.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));
        Assert.False(closed.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead));
    }

    /// <summary>A security group keeps routers' messages out unless a rule names them, and a smaller path is then a black hole.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_host_learns_of_a_smaller_path_through_the_security_group_of_the_plan(bool ipv6)
    {
        var ports = new PortPlan(443, [new(Transport.Udp, 3478)], PortRange.Dynamic);
        _instance.SecurityGroup(Blueprint.Network.Firewall.Rules(ports, dualStack: true).Ingress());
        _home.Router.Run("ip", "link", "set", "dev", "lan", "mtu", "1300");
        using var service = Bound(ipv6 ? _instance.IPv6[0] : _instance.PrivateIPv4[0], 3478);
        // Never fragmented: IP_MTU_DISCOVER and IPV6_MTU_DISCOVER with "do" (ip(7), ipv6(7)).
        service.SetRawSocketOption(ipv6 ? 41 : 0, ipv6 ? 23 : 10, BitConverter.GetBytes(2));
        using var client = _client.Udp(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        client.SendTo("hello"u8, new IPEndPoint(ipv6 ? _instance.IPv6[0] : _instance.PublicIPv4[0], 3478));
        var seen = await From(service, ipv6);

        // The first ones are lost on the way; then the system knows.
        var patience = Stopwatch.StartNew();
        while (!IsTold(service, seen))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "the host never heard that its packets are too big");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsTold(Socket socket, IPEndPoint peer)
    {
        try
        {
            socket.SendTo(new byte[1400], peer);
            return false;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.MessageSize)
        {
            return true;
        }
    }

    private Socket Bound(IPAddress address, int port) => _instance.Host.Call(() =>
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    });

    private static async Task<IPEndPoint> From(Socket socket, bool ipv6 = false)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var received = await socket.ReceiveFromAsync(new byte[64], new IPEndPoint(ipv6 ? IPAddress.IPv6Any : IPAddress.Any, 0), time.Token);
        return (IPEndPoint)received.RemoteEndPoint;
    }
}
