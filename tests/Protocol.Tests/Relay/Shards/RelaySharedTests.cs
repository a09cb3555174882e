using System.Collections.Concurrent;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

public class RelaySharedTests
{
    /// <summary>Ports and quotas are scarce, so that the shards compete for them; reserved ports move between shards.</summary>
    [Fact]
    public void Shards_on_threads_of_their_own_share_ports_quotas_and_reservations_and_lose_none()
    {
        var relay = new TestRelay(
            s => s with { FirstPort = 50_000, LastPort = 50_007, Quotas = new() { Allocations = 7, AllocationsPerSubject = 6 } },
            shards: 0);
        var tokens = new ConcurrentQueue<byte[]>();
        var failures = new ConcurrentQueue<Exception>();
        var made = 0;

        // Threads, not tasks: all must run at once.
        var threads = Enumerable.Range(0, 4).Select(index => new Thread(() =>
        {
            try
            {
                Interlocked.Add(ref made, Live(new(relay, index), index, tokens));
            }
#pragma warning disable CA1031 // Told below, where xunit sees it.
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
#pragma warning restore CA1031
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Empty(failures);
        Assert.True(made > 100, $"only {made} allocations were made");
        relay.AssertEmpty();
    }

    private static int Live(TestRelay shard, int index, ConcurrentQueue<byte[]> tokens)
    {
        var made = 0;
        var clients = Enumerable.Range(0, 3).Select(i => shard.Client($"203.0.113.{index}:{1000 + i}", i < 2 ? "alice" : "bob")).ToArray();
        for (var i = 0; i < 300; i++)
        {
            var client = clients[i % 3];
            var answer = client.Allocate((ref StunWriter m) =>
            {
                if (i % 4 == 0) m.Add(StunAttributeType.EvenPort, [0x80]);
                if (i % 4 == 1 && tokens.TryDequeue(out var token)) m.Add(StunAttributeType.ReservationToken, token);
            });
            if (answer.Types.Contains(StunAttributeType.ReservationToken)) tokens.Enqueue(answer[StunAttributeType.ReservationToken]);
            if (answer.Error == 0)
            {
                made++;
                Assert.True(shard.Shared.TryFind(client.Relayed[0], out var owner));
                Assert.Equal(client.Allocation, owner);
            }

            if (i % 2 == 0) clients[(i + 1) % 3].Refresh(0);
            if (i % 50 == 49) shard.Elapse(31_000);
        }

        shard.Shard.Close(shard.Now);
        shard.Effects();
        Assert.Equal((0, 0), (shard.Shard.Allocations, shard.Shard.SlotsTaken));
        return made;
    }
}
