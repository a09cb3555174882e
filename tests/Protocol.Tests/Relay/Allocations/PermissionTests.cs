using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Allocations;

/// <summary>RFC 8656 §9 and §10.2.</summary>
public class PermissionTests
{
    private readonly TestRelay _relay = new();
    private readonly TestClient _client;

    public PermissionTests()
    {
        _client = _relay.Client();
        _client.Allocate();
    }

    [Fact]
    public void A_success_response_to_CreatePermission_carries_nothing_but_integrity()
    {
        var answer = _client.Permit("192.0.2.1");

        answer.AssertSuccess();
        Assert.Equal([StunAttributeType.MessageIntegrity], answer.Types);
        Assert.Single(_client.Effects);
    }

    [Fact]
    public void A_permission_covers_every_port_of_its_address_and_no_other_address()
    {
        _client.Permit("192.0.2.1:9").AssertSuccess();

        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:10").Kind);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.2:9").Kind);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoPermission));
    }

    [Fact]
    public void Several_peers_are_permitted_at_once()
    {
        _client.Permit("192.0.2.1", "192.0.2.2", "192.0.2.1").AssertSuccess();

        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.2:9").Kind);
    }

    [Theory]
    [InlineData(299_999, ForwardKind.ToClient)]
    [InlineData(300_000, ForwardKind.None)]
    public void A_permission_lasts_five_minutes_to_the_millisecond(long milliseconds, ForwardKind kind)
    {
        _client.Permit("192.0.2.1");
        _relay.Pass(milliseconds);

        Assert.Equal(kind, FromPeer("192.0.2.1:9").Kind);
    }

    [Fact]
    public void Permitting_again_prolongs_and_data_does_not()
    {
        _client.Permit("192.0.2.1", "192.0.2.2");
        _relay.Pass(200_000);
        _client.Permit("192.0.2.1");
        _client.SendTo("192.0.2.2:9", "x"u8);
        FromPeer("192.0.2.2:9");
        _relay.Pass(100_000);

        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.2:9").Kind);
        _relay.Pass(200_000);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.1:9").Kind);
    }

    [Fact]
    public void Without_a_peer_the_request_is_bad()
    {
        _client.Permit().AssertError(StunErrorCode.BadRequest);
    }

    [Fact]
    public void One_malformed_peer_makes_the_whole_request_bad()
    {
        _client.Request(StunMethod.CreatePermission, (ref StunWriter m) =>
        {
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:1"));
            m.Add(StunAttributeType.XorPeerAddress, [0, 9, 0, 0, 1, 2, 3, 4]);
        }).AssertError(StunErrorCode.BadRequest);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.1:1").Kind);
    }

    [Fact]
    public void One_peer_of_another_family_makes_the_whole_request_a_mismatch()
    {
        _client.Permit("192.0.2.1", "2001:db8::1").AssertError(StunErrorCode.PeerAddressFamilyMismatch);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.1:1").Kind);
    }

    [Theory]
    [InlineData("10.0.0.6")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    public void One_denied_peer_forbids_the_whole_request(string denied)
    {
        _client.Permit("192.0.2.1", denied).AssertError(StunErrorCode.Forbidden);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.1:1").Kind);
    }

    [Fact]
    public void Beyond_the_bound_the_answer_is_508_and_nothing_is_permitted()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { PermissionsPerAllocation = 3 } });
        var client = relay.Client();
        client.Allocate();
        client.Permit("192.0.2.1", "192.0.2.2").AssertSuccess();

        client.Permit("192.0.2.3", "192.0.2.4").AssertError(StunErrorCode.InsufficientCapacity);
        client.Permit("192.0.2.1", "192.0.2.2", "192.0.2.3").AssertSuccess();
        client.Bind(0x4000, "192.0.2.4:9").AssertError(StunErrorCode.InsufficientCapacity);
        relay.Pass(300_000);
        client.Permit("192.0.2.4", "192.0.2.5", "192.0.2.6").AssertSuccess();
    }

    /// <summary>Each peer is judged under the shard's lock: a request can contain 700, and an allocation 64.</summary>
    [Fact]
    public void Of_more_peers_than_can_be_permitted_the_rest_is_not_looked_at()
    {
        void Peers(ref StunWriter m, int count)
        {
            for (var i = 0; i < count; i++) m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse($"192.0.2.{i}:1"));
            m.Add(StunAttributeType.XorPeerAddress, [0, 9]);
        }

        _client.Request(StunMethod.CreatePermission, (ref StunWriter m) => Peers(ref m, 64)).AssertError(StunErrorCode.BadRequest);
        _client.Request(
            StunMethod.CreatePermission, (ref StunWriter m) => Peers(ref m, 65)).AssertError(StunErrorCode.InsufficientCapacity);
        _client.Permit([.. Enumerable.Repeat("192.0.2.1", 500)]).AssertSuccess();
    }

    [Fact]
    public void An_expired_permission_is_purged_by_a_deadline_of_its_own()
    {
        _client.Permit("192.0.2.1");

        Assert.Equal(_relay.Now.Milliseconds + 300_000, _relay.Shard.NextDeadline);
        Assert.Empty(_relay.Elapse(300_000));
        Assert.Equal(_relay.Now.Milliseconds + 300_000, _relay.Shard.NextDeadline); // the allocation's
    }

    private Forward FromPeer(string peer) => _relay.FromPeer(_client.Allocation, TransportAddress.Parse(peer), "x"u8).Forward;
}
