using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>The wall clock decides on the expiry of credentials alone; everything else counts monotonic time.</summary>
public class ClockSkewTests
{
    private readonly TestRelay _relay = new();

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(-86_400 * 365)]
    public void A_wall_clock_that_is_set_anew_ends_no_allocation_permission_or_nonce(long seconds)
    {
        var client = _relay.Client();
        client.Allocate();
        client.Bind(0x4000, "192.0.2.1:9");

        _relay.SetWallClock(seconds);

        Assert.Empty(_relay.Elapse(1));
        Assert.Equal(ForwardKind.ToPeer, client.SendOn(0x4000, "x"u8).Forward.Kind);
        client.Refresh().AssertSuccess();
        client.Permit("192.0.2.2").AssertSuccess();
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_lifetime_is_as_long_when_the_wall_clock_is_set_anew(long seconds)
    {
        var client = _relay.Client();
        client.Allocate();
        _relay.SetWallClock(seconds);

        Assert.Empty(_relay.Elapse(599_999));
        Assert.Single(_relay.Elapse(1).OfType<AllocationEnded>());
    }

    /// <summary>The signalling server mints credentials by its own clock: for a day, so that minutes don't matter.</summary>
    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public void A_credential_of_a_server_whose_clock_differs_by_minutes_serves(long seconds)
    {
        var client = _relay.Client();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + seconds + 86_400);

        client.Allocate().AssertSuccess();
        client.Refresh().AssertSuccess();
    }

    /// <summary>A client's own clock is not asked: a nonce has the relay's time.</summary>
    [Fact]
    public void A_credential_beyond_its_expiry_by_the_relays_clock_is_refused()
    {
        var client = _relay.Client();
        _relay.SetWallClock(86_400);

        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
        _relay.SetWallClock(0);
        client.Allocate().AssertSuccess();
    }
}
