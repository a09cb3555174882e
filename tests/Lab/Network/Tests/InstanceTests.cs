using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Network.Tests;

/// <summary>A cloud instance is reached and seen as one on EC2.</summary>
public sealed class InstanceTests : IAsyncDisposable
{
    private readonly Testbed _testbed = Testbed.Create("instance");
    private readonly Instance _instance;
    private readonly Host _client;

    public InstanceTests()
    {
        _instance = _testbed.Instance("instance", addresses: 2);
        _client = _testbed.Site("home", Access.FriendlyNat).Host("alice");
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

    private Socket Bound(IPAddress address, int port) => _instance.Host.Call(() =>
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    });

    private static async Task<IPEndPoint> From(Socket socket)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var received = await socket.ReceiveFromAsync(new byte[64], new IPEndPoint(IPAddress.Any, 0), time.Token);
        return (IPEndPoint)received.RemoteEndPoint;
    }
}
