using System.Globalization;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Coturn;

/// <summary>An outside client completes against the relay: over UDP ten thousand packets to a peer and back, none lost.</summary>
public class UclientTests
{
    private const int Clients = 10;

    // Two thousand packets a second: what the peer's one socket can hold for a moment when the machine is busy with something else.
    private const int MillisecondsBetween = 5;

    [Theory]
    [InlineData(IpFamily.IPv4, false)]
    [InlineData(IpFamily.IPv4, true)]
    [InlineData(IpFamily.IPv6, false)]
    [InlineData(IpFamily.IPv6, true)]
    public async Task Ten_thousand_packets_come_back_over_UDP(IpFamily family, bool indications)
    {
        CoturnTools.SkipIfMissing();
        TestRelay.SkipWithout(family);
        await using var relay = await StartAsync(family, ClientTransport.Udp);

        var output = await RunAsync(relay, family, ClientTransport.Udp, 10_000, indications ? ["-s"] : []);

        AssertNothingLost(output, 10_000);
        AssertRelayed(relay, 10_000);
    }

    [Theory]
    [InlineData(ClientTransport.Tcp, IpFamily.IPv4, false)]
    [InlineData(ClientTransport.Tcp, IpFamily.IPv6, true)]
    [InlineData(ClientTransport.Tls, IpFamily.IPv4, false)]
    [InlineData(ClientTransport.Tls, IpFamily.IPv4, true)]
    public async Task Packets_come_back_over_streams(ClientTransport transport, IpFamily family, bool indications)
    {
        CoturnTools.SkipIfMissing();
        TestRelay.SkipWithout(family);
        await using var relay = await StartAsync(family, transport);

        // -t: TCP; -S: TLS.
        var output = await RunAsync(relay, family, transport, 2000, ["-t", .. transport == ClientTransport.Tls ? new[] { "-S" } : [], .. indications ? new[] { "-s" } : []]);

        AssertNothingLost(output, 2000);
        AssertRelayed(relay, 2000);
    }

    [Fact]
    public async Task Clients_of_one_relay_reach_each_other()
    {
        CoturnTools.SkipIfMissing();
        await using var relay = await StartAsync(IpFamily.IPv4, ClientTransport.Udp);

        AssertNothingLost(await RunAsync(relay, IpFamily.IPv4, ClientTransport.Udp, 2000, "-y"), 2000);
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.InProcess.Packets), 2000, long.MaxValue);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        CoturnTools.SkipIfMissing();
        await using var relay = await StartAsync(IpFamily.IPv4, ClientTransport.Udp);
        var server = relay.Endpoint();

        var output = await CoturnTools.UclientAsync("-p", Text(server.Port), "-u", "alice", "-W", "another secret altogether", "-n", "1", "-m", "1", "-c", "-e", "127.0.0.1", "127.0.0.1");

        Assert.Contains("Cannot complete Allocation", output, StringComparison.Ordinal);
        Assert.Equal(0, relay.Host.Counters.Sum(counters => counters.AllocationsMade));
        Assert.True(relay.Host.Counters.Sum(counters => counters.Errors(StunErrorCode.Unauthenticated)) >= 2);
    }

    private static Task<TestRelay> StartAsync(IpFamily family, ClientTransport transport) =>
        TestRelay.StartAsync(TestRelay.Options(family, listeners: [new() { Transport = transport.ToString().ToLowerInvariant(), Address = TestRelay.Loopback(family).ToString(), Port = 0 }]));

    private static async Task<string> RunAsync(TestRelay relay, IpFamily family, ClientTransport transport, int packets, params string[] more)
    {
        var loopback = TestRelay.Loopback(family).ToString();
        int peerPort;
        using (var free = new TestPeer(family)) peerPort = free.Address.Port;
        await using var peer = CoturnTools.Peer("-L", loopback, "-p", Text(peerPort));

        // -W: credentials of the REST form from the relay's secret; -c: no second port for RTCP; -z: milliseconds between packets; -x: a relayed address of IPv6.
        string[] arguments =
        [
            "-p", Text(relay.Endpoint(transport).Port), "-u", "alice", "-W", TestRelay.Secret, "-e", loopback, "-r", Text(peerPort),
            "-n", Text(packets / Clients), "-m", Text(Clients), "-l", "200", "-z", Text(MillisecondsBetween), "-c", .. family == IpFamily.IPv6 ? new[] { "-x" } : [], .. more, loopback,
        ];
        return await CoturnTools.UclientAsync(arguments);
    }

    private static void AssertNothingLost(string output, int packets)
    {
        Assert.True(output.Contains("Total lost packets 0 (0.000000%), total send dropped 0", StringComparison.Ordinal), output);
        Assert.True(output.Contains($"tot_send_msgs={packets}, tot_recv_msgs={packets}", StringComparison.Ordinal), output);
    }

    private static void AssertRelayed(TestRelay relay, int packets)
    {
        Assert.Equal(packets, relay.Host.Counters.Sum(counters => counters.ToPeers.Packets));
        Assert.Equal(packets, relay.Host.Counters.Sum(counters => counters.FromPeers.Packets));
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.ToClients.Packets), packets, long.MaxValue);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
