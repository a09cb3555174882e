using System.Globalization;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Coturn;

/// <summary>An outside client completes against the relay: ten thousand packets to a peer and back, none lost.</summary>
public class UclientTests
{
    private const int Clients = 20;
    private const int PacketsOfEach = 500;

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

        var output = await RunAsync(relay, family, ClientTransport.Udp, indications ? ["-s"] : []);

        AssertNothingLost(output);
        AssertRelayed(relay);
    }

    [Fact]
    public async Task Clients_of_one_relay_reach_each_other()
    {
        CoturnTools.SkipIfMissing();
        await using var relay = await StartAsync(IpFamily.IPv4, ClientTransport.Udp);

        AssertNothingLost(await RunAsync(relay, IpFamily.IPv4, ClientTransport.Udp, "-y"));
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.InProcess.Packets), Clients * PacketsOfEach, long.MaxValue);
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

    private static async Task<TestRelay> StartAsync(IpFamily family, ClientTransport transport)
    {
        var loopback = TestRelay.Loopback(family).ToString();
        return await TestRelay.StartAsync(new()
        {
            Realm = "tests.example",
            Listeners = [new() { Transport = transport.ToString().ToLowerInvariant(), Address = loopback, Port = 0 }],
            Addresses = [new() { Address = loopback }],
            Secrets = [TestRelay.Secret],
            AllowPeers = ["127.0.0.0/8", "::1"],
            Quotas = new() { AllocationsPerSubject = 100 },
            DrainDeadline = TimeSpan.Zero,
        });
    }

    private static async Task<string> RunAsync(TestRelay relay, IpFamily family, ClientTransport transport, params string[] more)
    {
        var loopback = TestRelay.Loopback(family).ToString();
        int peerPort;
        using (var free = new TestPeer(family)) peerPort = free.Address.Port;
        await using var peer = CoturnTools.Peer("-L", loopback, "-p", Text(peerPort));

        // -W: credentials of the REST form from the relay's secret; -c: no second port for RTCP; -z: milliseconds between packets; -x: a relayed address of IPv6.
        string[] arguments =
        [
            "-p", Text(relay.Endpoint(transport).Port), "-u", "alice", "-W", TestRelay.Secret, "-e", loopback, "-r", Text(peerPort),
            "-n", Text(PacketsOfEach), "-m", Text(Clients), "-l", "200", "-z", "5", "-c", .. family == IpFamily.IPv6 ? new[] { "-x" } : [], .. more, loopback,
        ];
        return await CoturnTools.UclientAsync(arguments);
    }

    private static void AssertNothingLost(string output)
    {
        Assert.Contains("Total lost packets 0 (0.000000%), total send dropped 0", output, StringComparison.Ordinal);
        Assert.Contains($"tot_send_msgs={Clients * PacketsOfEach}, tot_recv_msgs={Clients * PacketsOfEach}", output, StringComparison.Ordinal);
    }

    private static void AssertRelayed(TestRelay relay)
    {
        const long Packets = Clients * PacketsOfEach;
        Assert.Equal(Packets, relay.Host.Counters.Sum(counters => counters.ToPeers.Packets));
        Assert.Equal(Packets, relay.Host.Counters.Sum(counters => counters.FromPeers.Packets));
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.ToClients.Packets), Packets, long.MaxValue);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
