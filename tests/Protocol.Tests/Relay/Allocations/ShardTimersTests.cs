using Causeway.Turn.Protocol.Relay.Allocations;
using CsCheck;

namespace Causeway.Protocol.Tests.Relay.Allocations;

public class ShardTimersTests
{
    [Fact]
    public void Items_come_due_in_order_however_their_deadlines_are_moved_and_removed() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Long[0, 50]).Array[0, 200].Sample(operations =>
        {
            var timers = new ShardTimers();
            var items = Enumerable.Range(0, 10).Select(_ => new Item()).ToArray();
            var model = new Dictionary<Item, long>();
            foreach (var (index, operation, value) in operations)
            {
                var item = items[index];
                switch (operation)
                {
                    case 0:
                        timers.Remove(item);
                        model.Remove(item);
                        break;
                    case 1 when timers.TryTakeDue(value, out var due):
                        Assert.Equal(model.Values.Min(), model[(Item)due]);
                        Assert.True(model[(Item)due] <= value);
                        model.Remove((Item)due);
                        break;
                    case 1:
                        Assert.DoesNotContain(model.Values, deadline => deadline <= value);
                        break;
                    default:
                        timers.Set(item, value);
                        model[item] = value;
                        break;
                }

                Assert.Equal(model.Count == 0 ? long.MaxValue : model.Values.Min(), timers.Next);
            }
        });

    private sealed class Item : Timed;
}
