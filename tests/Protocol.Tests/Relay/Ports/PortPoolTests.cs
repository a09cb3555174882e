using Causeway.Turn.Protocol.Relay.Ports;
using CsCheck;

namespace Causeway.Protocol.Tests.Relay.Ports;

/// <summary>The free ports of a relay (RFC 8656 §7.2).</summary>
public class PortPoolTests
{
    /// <summary>
    /// Whatever is taken and released, the pool agrees with a plain set of free ports: its ports are free and fit the rule, and it refuses
    /// only when no port is free.
    /// </summary>
    [Fact]
    public void A_pool_always_gives_free_ports_and_refuses_only_when_none_is_free() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 12], Gen.Select(Gen.Int[0, 5], Gen.ULong).Array[0, 200]).Sample((first, more, steps) =>
        {
            var last = first + more;
            var pool = new PortPool((ushort)first, (ushort)last);
            var free = Enumerable.Range(first, more + 1).ToHashSet();
            var taken = new List<int>();
            var aside = new Queue<(int Port, long Until)>();
            var now = 0L;

            foreach (var (kind, random) in steps)
            {
                now += 5_000;
                while (aside.TryPeek(out var oldest) && oldest.Until <= now) free.Add(aside.Dequeue().Port);
                if (kind < 3)
                {
                    var rule = (PortRule)kind;
                    var fit = free.Where(port => rule switch
                    {
                        PortRule.Any => true,
                        PortRule.Even => port % 2 == 0,
                        _ => port % 2 == 0 && free.Contains(port + 1),
                    }).ToList();
                    Assert.Equal(fit.Count > 0, pool.TryTake(rule, random, now, out var port));
                    if (fit.Count == 0) continue;
                    Assert.Contains(port, fit);
                    foreach (var one in rule == PortRule.Pair ? new int[] { port, port + 1 } : [port])
                    {
                        free.Remove(one);
                        taken.Add(one);
                    }
                }
                else if (taken.Count > 0)
                {
                    var at = (int)(random % (ulong)taken.Count);
                    var port = taken[at];
                    taken.RemoveAt(at);
                    if (kind == 3)
                    {
                        pool.PutAside((ushort)port, now);
                        aside.Enqueue((port, now + PortPool.AsideMilliseconds));
                    }
                    else
                    {
                        pool.Release((ushort)port);
                        free.Add(port);
                    }
                }

                Assert.Equal((more + 1 - aside.Count, free.Count), pool.Count(now));
            }
        }, iter: 2000);

    [Theory]
    [InlineData(1, 65535)]
    [InlineData(65535, 65535)]
    [InlineData(65534, 65535)]
    [InlineData(49153, 49153)]
    public void A_range_is_given_out_whole_however_it_lies(int first, int last)
    {
        var pool = new PortPool((ushort)first, (ushort)last);
        var ports = new HashSet<int>();
        while (pool.TryTake(PortRule.Any, (ulong)ports.Count * 7919, 0, out var port)) Assert.True(ports.Add(port));
        Assert.Equal(Enumerable.Range(first, last - first + 1), ports.Order());
        Assert.False(pool.TryTake(PortRule.Even, 0, 0, out _));
        Assert.False(pool.TryTake(PortRule.Pair, 0, 0, out _));
    }

    /// <summary>RFC 6056: all ports are equally likely, also when most are taken.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    public void Every_free_port_is_as_likely_as_the_others(int taken)
    {
        var random = new Random(5);
        var pool = new PortPool(50_000, 50_099);
        for (var i = 0; i < taken; i++) Assert.True(pool.TryTake(PortRule.Any, (ulong)random.NextInt64(), 0, out _));

        var drawn = new Dictionary<ushort, int>();
        for (var i = 0; i < 1000 * (100 - taken); i++)
        {
            Assert.True(pool.TryTake(PortRule.Any, (ulong)random.NextInt64(), 0, out var port));
            drawn[port] = drawn.GetValueOrDefault(port) + 1;
            pool.Release(port);
        }

        Assert.Equal(100 - taken, drawn.Count);
        // A thousand draws for each port: four standard deviations are 126.
        Assert.All(drawn.Values, count => Assert.InRange(count, 850, 1150));
    }
}
