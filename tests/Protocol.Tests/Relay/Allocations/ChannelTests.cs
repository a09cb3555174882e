using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Allocations;

/// <summary>RFC 8656 §12.2.</summary>
public class ChannelTests
{
    private readonly TestRelay _relay = new();
    private readonly TestClient _client;

    public ChannelTests()
    {
        _client = _relay.Client();
        _client.Allocate();
    }

    [Fact]
    public void A_success_response_to_ChannelBind_carries_nothing_but_integrity()
    {
        var answer = _client.Bind(0x4000, "192.0.2.1:9");

        answer.AssertSuccess();
        Assert.Equal([StunAttributeType.MessageIntegrity], answer.Types);
    }

    [Fact]
    public void A_channel_brings_a_permission()
    {
        _client.Bind(0x4000, "192.0.2.1:9");

        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:10").Kind);
    }

    [Fact]
    public void A_channel_number_or_a_peer_that_is_missing_or_malformed_makes_the_request_bad()
    {
        var peer = TransportAddress.Parse("192.0.2.1:9");
        _client.Request(
            StunMethod.ChannelBind,
            (ref StunWriter m) => m.AddXorAddress(StunAttributeType.XorPeerAddress, peer)).AssertError(StunErrorCode.BadRequest);
        _client.Request(
            StunMethod.ChannelBind,
            (ref StunWriter m) => m.Add(StunAttributeType.ChannelNumber, 0x4000u << 16)).AssertError(StunErrorCode.BadRequest);
        _client.Request(StunMethod.ChannelBind, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.ChannelNumber, [0x40, 0x00]);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        }).AssertError(StunErrorCode.BadRequest);
        _client.Request(StunMethod.ChannelBind, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.ChannelNumber, 0x4000u << 16);
            m.Add(StunAttributeType.XorPeerAddress, [0, 1, 0, 0]);
        }).AssertError(StunErrorCode.BadRequest);
    }

    [Theory]
    [InlineData(0x3FFF, StunErrorCode.BadRequest)]
    [InlineData(0x4000, 0)]
    [InlineData(0x4FFF, 0)]
    [InlineData(0x8000, StunErrorCode.BadRequest)]
    [InlineData(0xFFFF, StunErrorCode.BadRequest)]
    public void A_channel_number_lies_in_its_range(int number, StunErrorCode error)
    {
        Assert.Equal(error, _client.Bind(number, "192.0.2.1:9").Error);
    }

    [Fact]
    public void A_number_that_is_bound_to_another_peer_makes_the_request_bad()
    {
        _client.Bind(0x4000, "192.0.2.1:9");

        _client.Bind(0x4000, "192.0.2.1:10").AssertError(StunErrorCode.BadRequest);
        _client.Bind(0x4000, "192.0.2.1:9").AssertSuccess();
    }

    [Fact]
    public void A_peer_that_is_bound_to_another_number_makes_the_request_bad()
    {
        _client.Bind(0x4000, "192.0.2.1:9");

        _client.Bind(0x4001, "192.0.2.1:9").AssertError(StunErrorCode.BadRequest);
        _client.Bind(0x4001, "192.0.2.1:10").AssertSuccess();
    }

    [Fact]
    public void A_peer_of_another_family_is_a_mismatch()
    {
        _client.Bind(0x4000, "[2001:db8::1]:9").AssertError(StunErrorCode.PeerAddressFamilyMismatch);
    }

    [Theory]
    [InlineData("10.0.0.6:9")]
    [InlineData("192.0.2.250:3478")] // a listener of the relay
    [InlineData("192.0.2.1:0")]
    [InlineData(TestRelay.LocalIPv4 + ":3478")] // the relay's own address, no relayed port
    [InlineData(TestRelay.PublicIPv4 + ":49151")]
    public void A_denied_peer_is_forbidden(string peer)
    {
        _client.Bind(0x4000, peer).AssertError(StunErrorCode.Forbidden);
        Assert.Equal(ForwardKind.None, FromPeer(peer).Kind);
    }

    [Fact]
    public void Beyond_the_bound_the_answer_is_508()
    {
        var relay = new TestRelay(s => s with { Quotas = new() { ChannelsPerAllocation = 2 } });
        var client = relay.Client();
        client.Allocate();
        client.Bind(0x4000, "192.0.2.1:1").AssertSuccess();
        client.Bind(0x4001, "192.0.2.1:2").AssertSuccess();

        client.Bind(0x4002, "192.0.2.1:3").AssertError(StunErrorCode.InsufficientCapacity);
        client.Bind(0x4001, "192.0.2.1:2").AssertSuccess();
    }

    [Fact]
    public void A_channel_and_its_permission_last_ten_minutes_to_the_millisecond()
    {
        _client.Refresh(3600);
        _client.Bind(0x4000, "192.0.2.1:9");

        _relay.Pass(599_999);
        Assert.Equal(ForwardKind.ToPeer, _client.SendOn(0x4000, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:10").Kind);
        _relay.Pass(1);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.1:9").Kind);
        _relay.Pass(1);
        Assert.Equal(ForwardKind.None, _client.SendOn(0x4000, "x"u8).Forward.Kind);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.UnboundChannel));
    }

    [Fact]
    public void Binding_again_prolongs_channel_and_permission_and_data_prolongs_neither()
    {
        _client.Refresh(3600);
        _client.Bind(0x4000, "192.0.2.1:9");
        _client.Bind(0x4001, "192.0.2.2:9");
        _relay.Pass(250_000);
        _client.Bind(0x4000, "192.0.2.1:9");
        _client.SendOn(0x4001, "x"u8);
        FromPeer("192.0.2.2:9");
        _relay.Pass(599_999);

        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.2:9").Kind);
        Assert.Equal(ForwardKind.ToPeer, _client.SendOn(0x4000, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.None, _client.SendOn(0x4001, "x"u8).Forward.Kind);
    }

    /// <summary>As aioice and werift do; by RFC 8656 §12 the permission may end after five minutes.</summary>
    [Fact]
    public void A_client_that_refreshes_its_channel_alone_hears_its_peer_for_as_long()
    {
        _client.Refresh(3600);
        for (var second = 0; second < 3500; second += 500)
        {
            _client.Bind(0x4000, "192.0.2.1:9").AssertSuccess();
            for (var i = 0; i < 500; i += 100)
            {
                Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
                Assert.Equal(ForwardKind.ToPeer, _client.SendOn(0x4000, "x"u8).Forward.Kind);
                _relay.PassSeconds(100);
            }
        }
    }

    [Fact]
    public void Permitting_a_channels_peer_does_not_shorten_its_permission()
    {
        _client.Refresh(3600);
        _client.Bind(0x4000, "192.0.2.1:9");
        _client.Permit("192.0.2.1");

        _relay.Pass(599_999);
        Assert.Equal(ForwardKind.ToClient, FromPeer("192.0.2.1:9").Kind);
        _relay.Pass(1);
        Assert.Equal(ForwardKind.None, FromPeer("192.0.2.1:9").Kind);
    }

    [Fact]
    public void An_expired_channels_number_and_peer_can_be_bound_again()
    {
        _client.Refresh(3600);
        _client.Bind(0x4000, "192.0.2.1:9");
        _relay.Pass(600_000);

        _client.Bind(0x4000, "192.0.2.2:9").AssertSuccess();
        _client.Bind(0x4001, "192.0.2.1:9").AssertSuccess();
    }

    private Forward FromPeer(string peer) => _relay.FromPeer(_client.Allocation, TransportAddress.Parse(peer), "x"u8).Forward;
}
