using System.Net.Sockets;
using Causeway.Relay.Probing;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Probing;

public class SelfProbeTests
{
    [Fact]
    public async Task A_relay_that_strangers_fill_relays_its_probe_and_no_stranger_more()
    {
        const int Room = 5;
        var port = FreePorts.Take(Room);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(
            ports: $"{port}-{port + Room - 1}",
            quotas: new() { Allocations = Room, AllocationsPerSubject = Room, AllocationsPerAddress = Room },
            streams: new() { Connections = Room, ConnectionsPerAddress = Room }));
        var strangers = new List<TurnClient>();
        for (var i = 0; i < Room; i++)
            strangers.Add(await relay.AllocateAsync(relay.ClientOptions(i % 2 == 0 ? ClientTransport.Tcp : ClientTransport.Tls)));

        IReadOnlyList<ProbeResult> results = [];
        await TestWait.UntilAsync(async () => (results = await relay.Host.ProbeAsync(Deadline.Token)).All(result => result.IsRelayed));

        Assert.Equal(3, results.Count);
        Assert.Equal(0, relay.Host.EngineCounters.ConnectionsDisplaced);
        // Through sockets: at least three packets were sent to a peer and returned, and none inside the process.
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.ToPeers.Packets), 3, long.MaxValue);
        Assert.Equal(0, relay.Host.Counters.Sum(counters => counters.InProcess.Packets));

        // Others get no more: over UDP there is no free relayed address, over TCP no connection.
        await using var late = await relay.ConnectAsync(relay.ClientOptions() with { Credentials = TestRelay.Credentials("self-probe-0") });
        Assert.Equal(
            StunErrorCode.AllocationQuotaReached,
            (await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token))).Code);
        using var refused = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await refused.ConnectAsync(relay.Endpoint(ClientTransport.Tcp).ToIPEndPoint(), Deadline.Token);
        Assert.Equal(0, await ReceiveAsync(refused));
        foreach (var stranger in strangers)
        {
            await stranger.RefreshAsync(cancellation: Deadline.Token);
            await stranger.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_is_kept_for_the_probe_is_given_back()
    {
        await using var relay = await TestRelay.StartAsync();
        await relay.Host.ProbeAsync(Deadline.Token);
        await TestWait.UntilAsync(() => (relay.Host.Allocations, relay.Host.Connections) == (0, 0));
        Assert.Equal(0, relay.Host.Probes.Count);
    }

    [Fact]
    public void A_client_is_reserved_by_its_whole_five_tuple()
    {
        var (clients, address) = (new ProbeClients(), TransportAddress.Parse("192.0.2.1:5000"));
        clients.Add(ClientTransport.Tls, address);

        Assert.True(clients.Contains(ClientTransport.Tcp, address)); // the same socket
        Assert.False(clients.Contains(ClientTransport.Udp, address));
        Assert.False(clients.Contains(ClientTransport.Tls, address with { Port = 5001 }));
        clients.Remove(ClientTransport.Tls, address);
        Assert.False(clients.Contains(ClientTransport.Tls, address));
    }

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], SocketFlags.None, Deadline.Token);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
