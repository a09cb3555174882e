using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>What belongs to one allocation, and so to one five-tuple: RFC 8656 §3.2, §6, §9 and §12.</summary>
public class FiveTupleTests
{
    private static readonly TransportAddress Peer = TransportAddress.Parse("192.0.2.1:9");
    private readonly TestRelay _relay = new();

    [Fact]
    public void Another_listener_is_another_five_tuple()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();
        var other = new TestClient(_relay, client.Handle with { Endpoint = 2 }, client.Credentials, 0);

        other.Allocate().AssertSuccess();
        Assert.NotEqual(client.Relayed, other.Relayed);
    }

    [Fact]
    public void Another_port_of_the_client_is_another_five_tuple()
    {
        _relay.Client("203.0.113.7:1").Allocate().AssertSuccess();

        _relay.Client("203.0.113.7:2").Request(StunMethod.Refresh).AssertError(StunErrorCode.AllocationMismatch);
        _relay.Client("203.0.113.7:2").Allocate().AssertSuccess();
    }

    /// <summary>A client that lost its state, or one behind a NAT that gave it a used port.</summary>
    [Fact]
    public void A_mismatched_Allocate_leaves_the_allocation_as_it_was()
    {
        var client = _relay.Client();
        client.Allocate();
        client.Permit("192.0.2.1");
        client.Bind(0x4000, "192.0.2.1:9");
        var deadline = _relay.Shard.NextDeadline;

        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 3600)).AssertError(StunErrorCode.AllocationMismatch);

        Assert.Equal(deadline, _relay.Shard.NextDeadline);
        Assert.Equal(ForwardKind.ToPeer, client.SendOn(0x4000, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.ToClient, _relay.FromPeer(client.Allocation, Peer, "x"u8).Forward.Kind);
    }

    [Fact]
    public void After_a_mismatch_a_client_may_release_the_old_allocation_and_allocate()
    {
        var client = _relay.Client();
        client.Allocate();
        client.Permit("192.0.2.1");
        client.Allocate().AssertError(StunErrorCode.AllocationMismatch);

        client.Refresh(0).AssertSuccess();
        client.Allocate().AssertSuccess();

        Assert.Equal(DropReason.NoPermission, Dropped(() => client.SendTo("192.0.2.1:9", "x"u8)));
    }

    [Fact]
    public void A_permission_is_of_one_allocation()
    {
        var (one, other) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        one.Allocate();
        other.Allocate();
        one.Permit("192.0.2.1");

        Assert.Equal(ForwardKind.ToClient, _relay.FromPeer(one.Allocation, Peer, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.None, _relay.FromPeer(other.Allocation, Peer, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.None, other.SendTo("192.0.2.1:9", "x"u8).Forward.Kind);
    }

    [Fact]
    public void A_channel_number_is_of_one_allocation()
    {
        var (one, other) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        one.Allocate();
        other.Allocate();

        one.Bind(0x4000, "192.0.2.1:9").AssertSuccess();
        other.Bind(0x4000, "192.0.2.2:9").AssertSuccess();

        Assert.Equal(TransportAddress.Parse("192.0.2.1:9"), one.SendOn(0x4000, "x"u8).Forward.Peer);
        Assert.Equal(TransportAddress.Parse("192.0.2.2:9"), other.SendOn(0x4000, "x"u8).Forward.Peer);
    }

    [Fact]
    public void A_Send_indication_reaches_a_peer_that_has_a_channel()
    {
        var client = _relay.Client();
        client.Allocate();
        client.Bind(0x4000, "192.0.2.1:9");

        Assert.Equal((ForwardKind.ToPeer, Peer), Kind(client.SendTo("192.0.2.1:9", "x"u8)));
    }

    [Fact]
    public void When_a_channel_has_expired_data_of_a_permitted_peer_arrives_as_an_indication()
    {
        var client = _relay.Client();
        client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.Lifetime, 3600));
        client.Bind(0x4000, "192.0.2.1:9");
        Assert.Equal(0x40, _relay.FromPeer(client.Allocation, Peer, "x"u8).Bytes[0]);
        _relay.PassSeconds(599);
        client.Permit("192.0.2.1");
        _relay.PassSeconds(1);

        Assert.Equal(0x00, _relay.FromPeer(client.Allocation, Peer, "x"u8).Bytes[0]);
    }

    [Fact]
    public void An_allocation_that_has_expired_relays_nothing_either_way()
    {
        var client = _relay.Client();
        client.Allocate();
        client.Bind(0x4000, "192.0.2.1:9");
        _relay.PassSeconds(599);
        client.Bind(0x4000, "192.0.2.1:9");
        _relay.PassSeconds(1);

        Assert.Equal(ForwardKind.None, _relay.FromPeer(client.Allocation, Peer, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.None, client.SendOn(0x4000, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.None, client.SendTo("192.0.2.1:9", "x"u8).Forward.Kind);
    }

    [Theory]
    [InlineData("[2001:db8:7::1]:40000", "192.0.2.1")]
    [InlineData("203.0.113.7:40000", "2001:db8::1")]
    public void A_client_reaches_a_peer_of_the_other_family(string address, string peer)
    {
        var client = _relay.Client(address);
        client.AllocateDual();
        client.Permit(peer);
        var there = new TransportAddress(IpAddress.Parse(peer), 9);

        var sent = client.SendTo(there.ToString(), "hello"u8);
        var came = _relay.FromPeer(client.Allocation, there, "hello"u8);

        Assert.Equal((ForwardKind.ToPeer, there), Kind(sent));
        Assert.Equal("hello"u8.ToArray(), sent.Bytes);
        Assert.Equal((ForwardKind.ToClient, client.Handle), (came.Forward.Kind, came.Forward.Client));
    }

    [Fact]
    public void No_two_allocations_have_the_same_relayed_address()
    {
        var clients = Enumerable.Range(1, 200).Select(i => _relay.Client($"203.0.113.{i % 100 + 1}:{i}", $"subject-{i}")).ToList();
        clients.ForEach(client => client.Allocate().AssertSuccess());

        Assert.Distinct(clients.Select(client => client.Relayed[0]));
    }

    /// <summary>A relay must not be made to send to itself: its listener would answer, and the answer would come back.</summary>
    [Theory]
    [InlineData("192.0.2.250:3478")]
    [InlineData(TestRelay.PublicIPv4 + ":3478")]
    [InlineData(TestRelay.LocalIPv4 + ":3478")]
    public void A_request_to_the_relays_own_listener_as_payload_is_not_sent(string listener)
    {
        var client = _relay.Client();
        client.Allocate();
        client.Permit(listener[..listener.LastIndexOf(':')]);
        var payload = client.Build(StunClass.Request, StunMethod.Binding, null, Signing.None);

        Assert.Equal(ForwardKind.None, client.SendTo(listener, payload).Forward.Kind);
        client.Bind(0x4000, listener).AssertError(StunErrorCode.Forbidden);
        Assert.Equal(ForwardKind.None, client.SendOn(0x4000, payload).Forward.Kind);
        Assert.Empty(_relay.Effects());
    }

    /// <summary>Two allocations that are each other's peer relay a packet once: nothing comes back by itself.</summary>
    [Fact]
    public void Two_allocations_that_face_each_other_do_not_loop()
    {
        var (one, other) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        one.Allocate();
        other.Allocate();
        one.Bind(0x4000, other.Relayed[0].ToString()).AssertSuccess();
        other.Bind(0x4000, one.Relayed[0].ToString()).AssertSuccess();
        var sent = _relay.Counters.ToClients.Packets;

        var passage = one.SendOn(0x4000, "x"u8);

        Assert.Equal((ForwardKind.ToClient, other.Handle), (passage.Forward.Kind, passage.Forward.Client));
        Assert.Empty(_relay.Effects());
        Assert.Equal(sent + 1, _relay.Counters.ToClients.Packets);
    }

    private static (ForwardKind, TransportAddress) Kind(Passage passage) => (passage.Forward.Kind, passage.Forward.Peer);

    private DropReason? Dropped(Func<Passage> send)
    {
        var before = Enum.GetValues<DropReason>().ToDictionary(reason => reason, _relay.Counters.Drops);
        send();
        return Enum.GetValues<DropReason>().Single(reason => _relay.Counters.Drops(reason) > before[reason]);
    }
}
