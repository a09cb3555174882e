using System.Collections.Concurrent;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>The calls of a shard that need no lock.</summary>
public class ScreenTests
{
    private readonly TestRelay _relay = new();

    [Fact]
    public void Only_permitted_peers_pass_the_screen()
    {
        var client = _relay.Client();
        client.Allocate();
        client.Permit("192.0.2.1");

        Assert.True(Screened("192.0.2.1:9"));
        Assert.False(Screened("192.0.2.2:9"));
        Assert.False(Screened(TestRelay.LocalIPv4 + ":50000"));
        Assert.Equal((2, 2), (_relay.Counters.Drops(DropReason.NoPermission), _relay.Counters.FromPeers.Packets));

        client.Permit(TestRelay.PublicIPv4);
        Assert.True(Screened(TestRelay.LocalIPv4 + ":50000"));

        client.Refresh(0);
        Assert.False(Screened("192.0.2.1:9"));
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoAllocation));

        bool Screened(string peer) => _relay.Shard.ScreenPeer(client.Allocation, TransportAddress.Parse(peer), 1);
    }

    [Fact]
    public void Screens_run_alongside_a_shard_whose_allocations_come_and_go()
    {
        var (peer, stranger) = (TransportAddress.Parse("192.0.2.1:9"), TransportAddress.Parse("192.0.2.2:9"));
        var live = new ConcurrentQueue<(AllocationId Id, ClientHandle Handle)>();
        var isOver = false;
        var wrong = 0;
        Exception? thrown = null;
        var screening = new Thread(() =>
        {
            var answer = new byte[RelayShard.MaxAnswerLength];
            try
            {
                while (!Volatile.Read(ref isOver))
                {
                    if (!live.TryPeek(out var one)) continue;
                    _relay.Shard.ScreenPeer(one.Id, peer, 1);
                    if (_relay.Shard.ScreenPeer(one.Id, stranger, 1)) wrong++;
                    _relay.Shard.Screen(one.Handle, [0x40, 0x00, 0x00, 0x00], _relay.Now, answer, out _);
                }
            }
#pragma warning disable CA1031 // It fails the test, on its own thread.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                thrown = failure;
            }
        });
        screening.Start();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                var client = _relay.Client($"203.0.{i / 200}.{i % 200 + 1}:40000", $"user{i}");
                client.Allocate().AssertSuccess();
                client.Permit("192.0.2.1").AssertSuccess();
                live.Enqueue((client.Allocation, client.Handle));
                // More at a time than the initial size of the table.
                if (live.Count > 100 && live.TryDequeue(out var oldest))
                {
                    Assert.True(_relay.Shard.ScreenPeer(oldest.Id, peer, 1));
                    _relay.Shard.HandleClientClosed(oldest.Handle, _relay.Now);
                    _relay.Effects();
                    Assert.False(_relay.Shard.ScreenPeer(oldest.Id, peer, 1));
                }
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            screening.Join();
        }

        Assert.Equal((null, 0), (thrown, wrong));
    }
}
