namespace Causeway.Lab.Network.Tests;

/// <summary>How packets are held back, without a network and without waiting.</summary>
[Collection(nameof(Alone))]
public sealed class DelayLineTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Packets_leave_in_order_and_within_the_bounds_of_their_delay()
    {
        var line = new DelayLine(Delay.Milliseconds(150, jitter: 30), new Random(1), capacity: 10_000);
        for (var i = 0; i < 1000; i++) Assert.True(line.TryAdd(BitConverter.GetBytes(i), now: i * 5 * Millisecond));

        var held = new List<double>();
        for (var i = 0; i < 1000; i++)
        {
            var due = line.NextDue!.Value;
            Assert.False(line.TryTake(due - 0.01 * Millisecond, out _));
            Assert.True(line.TryTake(due, out var packet));
            Assert.Equal(i, BitConverter.ToInt32(packet));
            held.Add((due - i * 5 * Millisecond).TotalMilliseconds);
        }

        Assert.Null(line.NextDue);
        Assert.All(held, milliseconds => Assert.InRange(milliseconds, 120, 180));
        Assert.True(held.Max() - held.Min() > 30, "the delay does not vary");
    }

    [Fact]
    public void A_full_line_loses_what_comes_and_keeps_what_it_has()
    {
        var line = new DelayLine(Delay.Milliseconds(10), new Random(1), capacity: 2);
        Assert.True(line.TryAdd([1], TimeSpan.Zero));
        Assert.True(line.TryAdd([2], TimeSpan.Zero));
        Assert.False(line.TryAdd([3], TimeSpan.Zero));

        Assert.True(line.TryTake(10 * Millisecond, out var first));
        Assert.Equal([1], first);
        Assert.True(line.TryAdd([4], 10 * Millisecond));
        Assert.True(line.TryTake(20 * Millisecond, out var second));
        Assert.Equal([2], second);
    }
}
