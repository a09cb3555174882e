using Causeway.Ops.Sweep;

namespace Causeway.Ops.Tests.Sweep;

public class SweepPaceTests
{
    [Fact]
    public void Pauses_double_up_to_a_maximum_with_full_jitter()
    {
        var (pace, random) = (new SweepPace(), new Random(1));
        Assert.All(Enumerable.Range(1, 100), tried =>
        {
            var most = Math.Min(20, Math.Pow(2, tried - 1));
            var pauses = Enumerable.Range(0, 200).Select(_ => pace.Pause(tried, random).TotalSeconds).ToList();
            Assert.All(pauses, pause => Assert.InRange(pause, 0, most));
            // Anywhere below the maximum, and near both ends.
            Assert.True(pauses.Min() < 0.2 * most && pauses.Max() > 0.8 * most);
        });
    }
}
