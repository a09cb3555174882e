using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Authentication;

public class RevocationTests
{
    private readonly TestRelay _relay = new(shards: 2);

    [Fact]
    public void A_revoked_subjects_allocations_end_on_every_shard_when_time_is_handled_next()
    {
        var (first, second, other) = (
            _relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2", shard: 1), _relay.Client("203.0.113.7:3", "bob"));
        first.Allocate();
        second.Allocate();
        other.Allocate();

        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100);

        var ended = _relay.Elapse(0).OfType<AllocationEnded>().ToArray();
        Assert.Equal([first.Allocation, second.Allocation], ended.Select(e => e.Allocation));
        Assert.All(ended, e => Assert.Equal(AllocationEnd.Revoked, e.Reason));
        other.Refresh().AssertSuccess();
    }

    [Fact]
    public void A_revoked_streams_connection_is_closed()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Allocate();

        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100);

        Assert.Equal(new CloseClient(client.Handle), _relay.Elapse(0)[^1]);
    }

    [Fact]
    public void A_revoked_subjects_requests_are_forbidden_until_the_revocation_ends()
    {
        var client = _relay.Client();
        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100);

        client.Allocate().AssertError(StunErrorCode.Forbidden);
        _relay.PassSeconds(99);
        client.Allocate().AssertError(StunErrorCode.Forbidden);
        _relay.PassSeconds(1);
        client.Allocate().AssertSuccess();
    }

    [Fact]
    public void Only_the_owner_of_the_password_learns_of_a_revocation()
    {
        var client = _relay.Client();
        client.Credentials = client.Credentials with { Password = "wrong" };
        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100);

        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
    }

    [Fact]
    public void A_later_revocation_does_not_shorten_an_earlier_one()
    {
        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 100);
        _relay.Shared.Revoke("alice", _relay.Now.UnixSeconds + 10);
        _relay.PassSeconds(50);

        _relay.Client().Allocate().AssertError(StunErrorCode.Forbidden);
    }

    [Theory]
    [InlineData(long.MaxValue, true)]
    [InlineData(long.MaxValue - 1, true)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    public void Any_end_of_a_revocation_is_taken_as_it_is(long until, bool holds)
    {
        _relay.Shared.Revoke("alice", until);

        Assert.Equal(holds ? StunErrorCode.Forbidden : 0, _relay.Client().Allocate().Error);
    }

    [Fact]
    public void A_revocation_that_has_ended_replaces_none_that_is_in_force()
    {
        var revocations = new Revocations();
        for (var i = 0; i < Revocations.Capacity; i++) revocations.Add($"subject-{i}", 1000 + i);

        for (var i = 0; i < 200; i++) revocations.Add($"ended-{i}", 1000);

        Assert.True(revocations.Contains("subject-0", 999));
        Assert.True(revocations.Contains("subject-199", 999));
        Assert.False(revocations.Contains("ended-0", 0));
    }

    [Fact]
    public void The_list_is_bounded_and_drops_what_ends_first()
    {
        var revocations = new Revocations();
        for (var i = 0; i < Revocations.Capacity; i++) revocations.Add($"subject-{i}", 1000 + i);

        revocations.Add("one more", 5000);

        Assert.False(revocations.Contains("subject-0", 0));
        Assert.True(revocations.Contains("subject-1", 0));
        Assert.True(revocations.Contains("one more", 4999));
        Assert.False(revocations.Contains("one more", 5000));
    }
}
