using Causeway.Infra.Resources.Rollout;

namespace Causeway.Infra.Tests.Rollout;

public class QuietRelayTests
{
    private readonly QuietRelay _relay = new();

    private bool IsQuiet(int second, int addresses, long bytes) => _relay.IsSo(new(addresses, bytes), TimeSpan.FromSeconds(second));

    [Fact]
    public void A_relay_without_relayed_addresses_is_quiet_at_once() => Assert.True(IsQuiet(0, 0, 5_000_000));

    [Fact]
    public void A_call_with_only_an_idle_data_channel_is_not_quiet()
    {
        // SCTP sends a heartbeat and its acknowledgement every 30 seconds.
        for (var second = 0; second <= 600; second += 2) Assert.False(IsQuiet(second, 2, second / 30 * 180L));
    }

    [Fact]
    public void Unused_addresses_delay_the_update_only_for_the_window()
    {
        Assert.False(IsQuiet(0, 4, 70_000));
        Assert.False(IsQuiet(33, 4, 70_000));
        Assert.True(IsQuiet(35, 4, 70_000));
    }

    [Fact]
    public void A_call_that_ends_while_another_goes_on_is_not_quiet()
    {
        Assert.False(IsQuiet(0, 2, 900_000));
        Assert.False(IsQuiet(30, 2, 900_050));
        // The sum no longer has the bytes of the ended call.
        Assert.False(IsQuiet(40, 1, 300_000));
        Assert.False(IsQuiet(60, 1, 300_100));
        Assert.False(IsQuiet(90, 1, 300_200));
        Assert.True(IsQuiet(125, 1, 300_200));
    }
}
