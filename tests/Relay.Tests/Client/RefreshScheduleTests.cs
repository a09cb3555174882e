using Causeway.Turn.Client;

namespace Causeway.Relay.Tests.Client;

public class RefreshScheduleTests
{
    /// <summary>LIFETIME is the server's, any number of 32 bits.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(60, 30)]
    [InlineData(600, 240)]
    [InlineData(uint.MaxValue, 240)]
    public void Whatever_lifetime_a_server_grants_there_is_a_pause_before_the_next_refresh(uint granted, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RefreshSchedule.Next(TimeSpan.FromSeconds(granted)));
}
