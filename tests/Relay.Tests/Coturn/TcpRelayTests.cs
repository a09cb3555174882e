using System.Globalization;
using System.Text.RegularExpressions;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests.Coturn;

/// <summary>
/// An independent implementation of RFC 6062: its clients allocate TCP addresses, connect to each other through the relay, and no message
/// is lost.
/// </summary>
public partial class TcpRelayTests
{
    private const int Clients = 4;
    private const int Messages = 200;

    [Theory]
    [InlineData(ClientTransport.Tcp, IpFamily.IPv4)]
    [InlineData(ClientTransport.Tcp, IpFamily.IPv6)]
    [InlineData(ClientTransport.Tls, IpFamily.IPv4)]
    // With -P peers without a relay connect to the clients. It receives half of what it sent, with coturn 4.6.1 as server too.
    [InlineData(ClientTransport.Tcp, IpFamily.IPv4, "-P", 2)]
    public async Task Messages_pass_over_TCP_relayed_addresses(
        ClientTransport transport, IpFamily family, string mode = "-T", int sentForEachReceived = 1)
    {
        CoturnTools.SkipIfMissing();
        TestRelay.SkipWithout(family);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family, tcpAllocations: true));
        var loopback = TestRelay.Loopback(family).ToString();

        var output = await CoturnTools.UclientAsync(
        [
            mode, "-t", "-y", "-c",
            .. transport == ClientTransport.Tls ? new[] { "-S" } : [], .. family == IpFamily.IPv6 ? new[] { "-x" } : [],
            "-p", relay.Endpoint(transport).Port.ToString(CultureInfo.InvariantCulture), "-u", "alice", "-W", TestRelay.Secret,
            "-n", (Messages / Clients).ToString(CultureInfo.InvariantCulture), "-m", Clients.ToString(CultureInfo.InvariantCulture),
            "-l", "200", "-z", "5", "-e", loopback, loopback,
        ]);

        // Every client has a connection to every other one; else it says so and goes on after half a minute.
        Assert.DoesNotContain("connections are completed, not enough", output, StringComparison.Ordinal);
        var totals = Totals().Match(output);
        Assert.True(totals.Success, output);
        Assert.Equal(Messages, Number("sent"));
        Assert.True(Number("received") == Messages / sentForEachReceived, output);
        Assert.InRange(
            relay.Host.Counters.Sum(counters => counters.ToPeers.Bytes), Messages / sentForEachReceived * 200, long.MaxValue);
        Assert.Equal(0, relay.Host.EngineCounters.Unexpected);

        int Number(string name) => int.Parse(totals.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_relay_without_TCP_allocations_refuses_them()
    {
        CoturnTools.SkipIfMissing();
        await using var relay = await TestRelay.StartAsync();

        var output = await CoturnTools.UclientAsync(
            "-T", "-p", relay.Endpoint(ClientTransport.Tcp).Port.ToString(CultureInfo.InvariantCulture), "-u", "alice", "-W",
            TestRelay.Secret, "-n", "1", "-m", "2", "-e", "127.0.0.1", "127.0.0.1");

        Assert.Contains("442", output, StringComparison.Ordinal);
        Assert.Equal(0, relay.Host.Counters.Sum(counters => counters.AllocationsCreated));
    }

    [GeneratedRegex("start_mclient: tot_send_msgs=(?<sent>[0-9]+), tot_recv_msgs=(?<received>[0-9]+)")]
    private static partial Regex Totals();
}
