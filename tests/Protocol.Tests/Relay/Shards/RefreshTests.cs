using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>RFC 8656 §8.2, and the expiry of allocations.</summary>
public class RefreshTests
{
    private readonly TestRelay _relay = new();

    [Fact]
    public void Refresh_is_answered_with_the_lifetime_alone()
    {
        var client = _relay.Client();
        client.Allocate();

        var answer = client.Refresh(1800);

        answer.AssertSuccess();
        Assert.Equal([StunAttributeType.Lifetime, StunAttributeType.MessageIntegrity], answer.Types);
        Assert.Equal(1800u, answer.Number(StunAttributeType.Lifetime));
        Assert.Single(client.Effects);
    }

    [Fact]
    public void An_allocation_ends_at_the_millisecond_of_its_lifetime_and_not_before()
    {
        var client = _relay.Client();
        client.Allocate();
        var local = _relay.Sockets.Keys.Single();

        Assert.Equal(_relay.Now.Milliseconds + 600_000, _relay.Shard.NextDeadline);
        Assert.Empty(_relay.Elapse(599_999));
        Assert.Equal(
            [
                new CloseRelay(client.Allocation, local),
                new AllocationEnded(client.Allocation, client.Handle, "alice", AllocationEnd.Expired, default),
            ],
            _relay.Elapse(1));
        _relay.AssertEmpty();
    }

    [Fact]
    public void Refresh_counts_from_its_own_time()
    {
        var client = _relay.Client();
        client.Allocate();
        _relay.PassSeconds(500);
        client.Refresh(900);

        Assert.Empty(_relay.Elapse(899_999));
        Assert.Equal(2, _relay.Elapse(1).Count);
    }

    [Fact]
    public void Refresh_may_shorten_a_lifetime_down_to_the_default()
    {
        var client = _relay.Client();
        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 3600));

        Assert.Equal(600u, client.Refresh(1).Number(StunAttributeType.Lifetime));
        Assert.Equal(_relay.Now.Milliseconds + 600_000, _relay.Shard.NextDeadline);
    }

    [Fact]
    public void Refresh_after_expiry_is_rejected_even_without_a_call_to_HandleTime()
    {
        var client = _relay.Client();
        client.Allocate();
        _relay.Pass(600_000);

        client.Refresh().AssertError(StunErrorCode.AllocationMismatch);

        Assert.Equal([typeof(CloseRelay), typeof(AllocationEnded), typeof(SendToClient)], client.Effects.Select(e => e.GetType()));
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_lifetime_of_zero_ends_the_allocation_and_then_says_so()
    {
        var client = _relay.Client();
        client.Allocate();
        var local = _relay.Sockets.Keys.Single();

        var answer = client.Refresh(0);

        Assert.Equal(0u, answer.Number(StunAttributeType.Lifetime));
        Assert.True(answer.IsSignedWith(client.Key));
        Assert.Equal(
            [
                new CloseRelay(client.Allocation, local),
                new AllocationEnded(client.Allocation, client.Handle, "alice", AllocationEnd.Released, default),
                new SendToClient(client.Handle, client.Effects.OfType<SendToClient>().Single().Message),
            ],
            client.Effects);
        _relay.AssertEmpty();
    }

    [Fact]
    public void The_five_tuple_of_an_ended_allocation_can_be_used_again_under_a_new_name()
    {
        var client = _relay.Client();
        client.Allocate();
        var old = client.Allocation;
        client.Refresh(0);

        client.Allocate().AssertSuccess();

        Assert.Equal((old.Slot, old.Generation + 1), (client.Allocation.Slot, client.Allocation.Generation));
        client.Permit("192.0.2.1");
        Assert.Equal(Forward.None, _relay.FromPeer(old, TransportAddress.Parse("192.0.2.1:9"), "late"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoAllocation));
    }

    [Fact]
    public void A_malformed_lifetime_is_a_bad_request_and_changes_nothing()
    {
        var client = _relay.Client();
        client.Allocate();

        client.Request(
            StunMethod.Refresh, (ref StunWriter m) => m.Add(StunAttributeType.Lifetime, [0, 0])).AssertError(StunErrorCode.BadRequest);
        client.Request(
            StunMethod.Refresh,
            (ref StunWriter m) => m.Add(StunAttributeType.RequestedAddressFamily, [1])).AssertError(StunErrorCode.BadRequest);
        Assert.Equal(1, _relay.Shard.Allocations);
    }

    [Theory]
    [InlineData(IpFamily.IPv6)]
    [InlineData((IpFamily)9)]
    public void A_family_that_the_allocation_does_not_have_is_a_mismatch(IpFamily family)
    {
        var client = _relay.Client();
        client.Allocate();

        client.Refresh(0, family).AssertError(StunErrorCode.PeerAddressFamilyMismatch);
        Assert.Equal(1, _relay.Shard.Allocations);
    }

    [Fact]
    public void One_family_of_a_dual_allocation_is_deleted_with_its_permissions_and_channels_alone()
    {
        var client = _relay.Client();
        client.AllocateDual();
        client.Permit("192.0.2.1", "2001:db8::1").AssertSuccess();
        client.Bind(0x4000, "192.0.2.1:5").AssertSuccess();
        client.Bind(0x4001, "[2001:db8::1]:5").AssertSuccess();

        client.Refresh(0, IpFamily.IPv4).AssertSuccess();

        var close = Assert.Single(client.Effects.OfType<CloseRelay>());
        Assert.Equal(IpFamily.IPv4, close.Local.Family);
        Assert.DoesNotContain(client.Effects, e => e is AllocationEnded);
        client.SendOn(0x4000, "x"u8);
        client.SendTo("192.0.2.1:5", "x"u8);
        Assert.Equal((1, 1), (_relay.Counters.Drops(DropReason.UnboundChannel), _relay.Counters.Drops(DropReason.NoPermission)));
        Assert.Equal(ForwardKind.ToPeer, client.SendOn(0x4001, "x"u8).Forward.Kind);
        client.Permit("192.0.2.1").AssertError(StunErrorCode.PeerAddressFamilyMismatch);
        client.Refresh(600, IpFamily.IPv4).AssertError(StunErrorCode.PeerAddressFamilyMismatch);

        client.Refresh(0).AssertSuccess();
        _relay.AssertEmpty();
    }

    [Fact]
    public void The_families_of_a_dual_allocation_are_refreshed_and_expire_apart()
    {
        var client = _relay.Client();
        client.AllocateDual();
        client.Refresh(1200, IpFamily.IPv6).AssertSuccess();

        var first = Assert.Single(_relay.Elapse(600_000));
        Assert.Equal(IpFamily.IPv4, Assert.IsType<CloseRelay>(first).Local.Family);
        Assert.Empty(_relay.Elapse(599_999));
        Assert.Equal([typeof(CloseRelay), typeof(AllocationEnded)], _relay.Elapse(1).Select(e => e.GetType()));
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_refresh_without_a_family_refreshes_both()
    {
        var client = _relay.Client();
        client.AllocateDual();
        _relay.PassSeconds(300);
        client.Refresh().AssertSuccess();

        Assert.Empty(_relay.Elapse(599_999));
        Assert.Equal(3, _relay.Elapse(1).Count);
    }

    [Fact]
    public void The_credential_that_created_an_allocation_keeps_it_through_the_grace_and_no_longer()
    {
        var client = _relay.Client();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + 100);
        Assert.Equal(400u, client.Allocate().Number(StunAttributeType.Lifetime));

        _relay.PassSeconds(100);
        Assert.Equal(300u, client.Refresh().Number(StunAttributeType.Lifetime));
        client.Permit("192.0.2.1").AssertSuccess();
        client.Bind(0x4000, "192.0.2.1:5").AssertSuccess();
        _relay.PassSeconds(299);
        Assert.Equal(1u, client.Refresh(3600).Number(StunAttributeType.Lifetime));
        Assert.Equal(2, _relay.Elapse(1000).Count);

        client.Refresh().AssertError(StunErrorCode.Unauthenticated);
    }

    /// <summary>The latest expiry of a username and the longest grace: their sums fit into 64 bits.</summary>
    [Fact]
    public void A_credential_that_ends_in_ages_is_granted_the_usual_lifetimes()
    {
        var relay = new TestRelay(
            s => s with { CredentialGraceSeconds = int.MaxValue, MaxLifetimeSeconds = int.MaxValue, NonceLifetimeSeconds = int.MaxValue });
        var client = relay.Client();
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", 999_999_999_999_999_999);

        Assert.Equal(600u, client.Allocate().Number(StunAttributeType.Lifetime));
        Assert.Equal((uint)int.MaxValue, client.Refresh(uint.MaxValue).Number(StunAttributeType.Lifetime));
        relay.PassSeconds(int.MaxValue - 1L);
        client.Refresh().AssertSuccess();
    }

    [Fact]
    public void An_expired_credential_creates_no_allocation_although_its_old_one_continues()
    {
        var client = _relay.Client("203.0.113.7:1");
        client.Credentials = Credentials.Mint(TestRelay.Secret, "alice", _relay.Now.UnixSeconds + 100);
        client.Allocate();
        _relay.PassSeconds(100);
        var other = _relay.Client("203.0.113.7:2");
        other.Credentials = client.Credentials;

        client.Refresh().AssertSuccess();
        other.Allocate().AssertError(StunErrorCode.Unauthenticated);
    }

    [Fact]
    public void A_client_that_goes_ends_its_allocation()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Allocate();
        var local = _relay.Sockets.Keys.Single();

        _relay.Shard.HandleClientClosed(client.Handle, _relay.Now);

        Assert.Equal(
            [
                new CloseRelay(client.Allocation, local),
                new AllocationEnded(client.Allocation, client.Handle, "alice", AllocationEnd.ClientGone, default),
            ],
            _relay.Effects());
        _relay.AssertEmpty();
    }

    [Fact]
    public void A_client_without_an_allocation_may_go_too()
    {
        _relay.Shard.HandleClientClosed(_relay.Client(transport: ClientTransport.Tcp).Handle, _relay.Now);

        Assert.Empty(_relay.Effects());
    }

    [Fact]
    public void A_closing_relay_ends_all_allocations_and_the_connections_of_streams()
    {
        var udp = _relay.Client("203.0.113.7:1");
        udp.Allocate();
        var tls = _relay.Client("203.0.113.7:2", transport: ClientTransport.Tls);
        tls.Allocate();

        _relay.Shard.Close(_relay.Now);

        var effects = _relay.Effects();
        Assert.Equal([AllocationEnd.Closed, AllocationEnd.Closed], effects.OfType<AllocationEnded>().Select(e => e.Reason));
        Assert.Equal([new CloseClient(tls.Handle)], effects.OfType<CloseClient>());
        _relay.AssertEmpty();
        _relay.Client("203.0.113.7:3").Allocate().AssertError(StunErrorCode.InsufficientCapacity);
    }
}
