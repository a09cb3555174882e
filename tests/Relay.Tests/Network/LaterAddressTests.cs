using System.Net;
using System.Net.Sockets;
using System.Text;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Network;

/// <summary>
/// A host whose addresses change while the relay runs: those of listeners on 0.0.0.0 and ::, and those of a service beside the relay.
/// </summary>
public sealed class LaterAddressTests : IDisposable
{
    private const string First = "10.82.0.2";
    private const string Later = "10.82.0.3";
    private const string LaterIPv6 = "2001:db8:82::3";
    private readonly NetworkNamespace? _host;
    private readonly NetworkNamespace? _clients;

    public LaterAddressTests()
    {
        Namespaces.SkipWhereThereAreNone();
        (_host, _clients) = (NetworkNamespace.New(), NetworkNamespace.New());
        _host.Join(_clients, "out", $"{First}/24 2001:db8:82::2/64", "out", "10.82.0.9/24 2001:db8:82::9/64");
    }

    [Fact]
    public async Task An_address_that_comes_later_is_served_and_answers_come_from_it()
    {
        using var relay = await StartAsync();
        _host!.Ip($"address add {Later}/24 dev out");
        // With duplicate address detection (RFC 4862 §5.4): it can't be bound for about a second.
        _host.Ip($"address add {LaterIPv6}/64 dev out");

        foreach (var address in new[] { First, Later, LaterIPv6 })
        {
            if (address != First)
                await relay.LineAsync($"Listening on Udp {new TransportAddress(IpAddress.Parse(address), NetworkRelay.Port)}");
            foreach (var transport in new[] { ClientTransport.Udp, ClientTransport.Tcp })
            {
                // A client's connected socket only receives from that address.
                await using var client = await NetworkRelay.ConnectAsync(_clients!, address, transport);
                await client.AllocateAsync(cancellation: Deadline.Token);
                Assert.Equal(client.Local, client.Allocation!.Mapped);
            }
        }
    }

    [Fact]
    public async Task A_client_goes_on_when_the_address_that_it_sends_to_comes_back()
    {
        using var relay = await StartAsync();
        _host!.Ip($"address add {Later}/24 dev out");
        await relay.LineAsync($"Listening on Udp {Later}:{NetworkRelay.Port}");
        await using var client = await NetworkRelay.AllocateAsync(_clients!, Later);

        _host.Ip($"address delete {Later}/24 dev out");
        await relay.LineAsync($"No longer listening on Udp {Later}:{NetworkRelay.Port}");
        await using (var other = await NetworkRelay.AllocateAsync(_clients!, First)) Assert.Equal(
            First, other.Allocation!.Relayed[0].Ip.ToString());
        _host.Ip($"address add {Later}/24 dev out");
        await relay.LineAsync($"Listening on Udp {Later}:{NetworkRelay.Port}");

        // The same allocation, by the same five-tuple.
        await client.RefreshAsync(cancellation: Deadline.Token);
    }

    [Fact]
    public async Task Relayed_addresses_that_no_setting_names_follow_the_hosts()
    {
        _host!.Ip("address delete 2001:db8:82::2/64 dev out");
        using var relay = await StartAsync(address: null);
        await using var client = await NetworkRelay.ConnectAsync(_clients!, First);

        _host.Ip($"address add {LaterIPv6}/64 dev out nodad");
        await relay.LineAsync($"Relaying on {LaterIPv6}");
        await client.AllocateAsync(new() { Dual = true }, Deadline.Token);
        Assert.Equal([First, LaterIPv6], client.Allocation!.Relayed.Select(relayed => relayed.Ip.ToString()));

        _host.Ip($"address add {Later}/24 dev out");
        _host.Ip($"address delete {First}/24 dev out");
        // By default Linux removes the second address of a network with the first one.
        _host.Ip($"address replace {Later}/24 dev out");
        await relay.LineAsync($"Relaying on {Later}");
        await using var next = await NetworkRelay.AllocateAsync(_clients!, Later);
        Assert.Equal(Later, next.Allocation!.Relayed[0].Ip.ToString());
    }

    [Fact]
    public async Task A_service_on_another_address_of_the_host_is_no_peer_also_when_the_address_comes_later()
    {
        // It listens and relays on one address only, and the settings allow the network of all addresses.
        using var relay = await StartAsync(First, "--relay:listeners:0:address", First, "--relay:listeners:1:address", "2001:db8:82::2");
        await using var client = await NetworkRelay.AllocateAsync(_clients!, First);
        Assert.Equal(
            StunErrorCode.Forbidden,
            (await Assert.ThrowsAsync<TurnException>(() => client.PermitAsync(IpAddress.Parse("10.82.1.1"), Deadline.Token))).Code);
        await client.BindChannelAsync(TransportAddress.Parse($"{Later}:53"), Deadline.Token);

        _host!.Ip($"address add {Later}/24 dev out");
        await TestWait.UntilAsync(async () => await IsForbiddenAsync(client, Later));
        using var service = _host.Udp(IPEndPoint.Parse($"{Later}:53"));
        await client.SendAsync(TransportAddress.Parse($"{Later}:53"), "for the service");
        // The relay handles a client's messages in order.
        await client.RefreshAsync(cancellation: Deadline.Token);
        using var neighbour = _host.Udp(IPEndPoint.Parse($"{First}:0"));
        await neighbour.SendToAsync(
            Encoding.ASCII.GetBytes("from beside"), SocketFlags.None, TransportAddress.Parse($"{Later}:53").ToIPEndPoint(), Deadline.Token);

        Assert.Equal("from beside", await service.ReceiveTextAsync());
        Assert.Equal(1, await relay.MetricAsync("causeway_relay_drops_total{reason=\"not_relayed\"}"));
    }

    public void Dispose()
    {
        foreach (var network in new[] { _host, _clients }) network?.Dispose();
    }

    private Task<NetworkRelay> StartAsync(params string[] settings) => StartAsync(First, settings);

    private Task<NetworkRelay> StartAsync(string? address, params string[] settings) => NetworkRelay.StartAsync(_host!,
    [
        "--relay:listeners:0:address", "0.0.0.0", "--relay:listeners:1:address", "::",
        "--relay:listeners:2:transport", "tcp", "--relay:listeners:2:address", "0.0.0.0",
        "--relay:listeners:3:transport", "tcp", "--relay:listeners:3:address", "::",
        "--relay:allowPeers:0", "10.82.0.0/16", "--relay:denyPeers:0", "10.82.1.0/24",
        .. address is null ? (string[])[] : ["--relay:addresses:0:address", address], .. settings,
    ]);

    private static async Task<bool> IsForbiddenAsync(TurnClient client, string peer)
    {
        try
        {
            await client.PermitAsync(IpAddress.Parse(peer), Deadline.Token);
            return false;
        }
        catch (TurnException refusal) when (refusal.Code == StunErrorCode.Forbidden)
        {
            return true;
        }
    }
}
