using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests.Engines;

/// <summary>
/// The data path allocates nothing per packet, end to end: sockets, state machine, engine, and the test's client. The smallest .NET object
/// has 24 bytes, so a limit of a few bytes per packet detects any allocation.
/// </summary>
[Collection(nameof(Alone))]
public class AllocationFreeTests
{
    private const int WarmUp = 1000;
    private const int RoundTrips = 10_000;
    private const long BytesAllowed = RoundTrips * 8;

    [Theory]
    [InlineData(IpFamily.IPv4, true)]
    [InlineData(IpFamily.IPv4, false)]
    [InlineData(IpFamily.IPv6, true)]
    [InlineData(IpFamily.IPv6, false)]
    public async Task Packets_to_a_peer_and_back_allocate_nothing(IpFamily family, bool channel)
    {
        TestRelay.SkipWithout(family);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(family));
        var arrived = new SemaphoreSlim(0);
        await using var client = await relay.AllocateAsync(relay.ClientOptions() with { Received = (_, _) => arrived.Release() });
        using var peer = new EchoingPeer(family);
        if (channel) await client.BindChannelAsync(peer.Address, Deadline.Token);
        else await client.PermitAsync(peer.Address.Ip, Deadline.Token);

        AssertNothingAllocated(() => Send(client, peer.Address, arrived));
    }

    [Fact]
    public async Task Packets_between_two_clients_allocate_nothing()
    {
        await using var relay = await TestRelay.StartAsync();
        var arrived = new SemaphoreSlim(0);
        await using var first = await relay.AllocateAsync();
        // Four receivers with two shards: one of them is on the other shard in all but one of eight runs.
        for (var i = 0; i < 4; i++)
        {
            await using var second = await relay.AllocateAsync(relay.ClientOptions() with { Received = (_, _) => arrived.Release() });
            var (from, to) = (first.Allocation!.Relayed[0], second.Allocation!.Relayed[0]);
            await first.BindChannelAsync(to, Deadline.Token);
            await second.PermitAsync(from.Ip, Deadline.Token);

            AssertNothingAllocated(() => Send(first, to, arrived));
        }
    }

    private static readonly byte[] Payload = new byte[1200];

    private static void Send(TurnClient client, TransportAddress to, SemaphoreSlim arrived)
    {
        var sending = client.SendAsync(to, Payload);
        Assert.True(sending.IsCompletedSuccessfully);
        Assert.True(arrived.Wait(TimeSpan.FromSeconds(20)), "a packet was lost on loopback");
    }

    private static void AssertNothingAllocated(Action roundTrip)
    {
        for (var i = 0; i < WarmUp; i++) roundTrip();

        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < RoundTrips; i++) roundTrip();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.True(
            allocated < BytesAllowed,
            $"{allocated} bytes were allocated for {RoundTrips} packets each way; "
            + $"less than {BytesAllowed} are allowed for what else the process does");
    }
}

/// <summary>Tests that measure the whole process run while no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
