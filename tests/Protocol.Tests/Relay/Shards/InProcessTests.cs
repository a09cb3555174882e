using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>Data between two allocations of a relay stays inside the process, on one shard or two.</summary>
public class InProcessTests
{
    private readonly TestRelay _relay = new(shards: 2);

    [Theory]
    [InlineData(TestRelay.PublicIPv4)]
    [InlineData(TestRelay.LocalIPv4)]
    public void An_indication_to_a_relayed_address_in_either_form_arrives_at_its_client_in_one_pass(string ip)
    {
        var (alice, bob) = Pair();
        alice.Permit(ip).AssertSuccess();
        bob.Permit(ip).AssertSuccess();

        var passage = alice.SendTo($"{ip}:{bob.Relayed[0].Port}", "hello"u8);

        Assert.Equal(new Forward(ForwardKind.ToClient, bob.Handle, bob.Allocation, default, default), passage.Forward);
        Assert.True(StunMessage.TryRead(passage.Bytes, out var message));
        Assert.True(message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var peer));
        Assert.True(message.TryGet(StunAttributeType.Data, out var data));
        Assert.Equal(alice.Relayed[0], peer);
        Assert.Equal("hello"u8.ToArray(), data.ToArray());
    }

    [Theory]
    [InlineData(TestRelay.PublicIPv4, TestRelay.PublicIPv4)]
    [InlineData(TestRelay.PublicIPv4, TestRelay.LocalIPv4)]
    [InlineData(TestRelay.LocalIPv4, TestRelay.PublicIPv4)]
    [InlineData(TestRelay.LocalIPv4, TestRelay.LocalIPv4)]
    public void Channels_match_by_either_form(string toBob, string toAlice)
    {
        var (alice, bob) = Pair();
        alice.Bind(0x4000, $"{toBob}:{bob.Relayed[0].Port}").AssertSuccess();
        bob.Bind(0x4ABC, $"{toAlice}:{alice.Relayed[0].Port}").AssertSuccess();

        var passage = alice.SendOn(0x4000, "hello"u8);

        Assert.Equal(bob.Handle, passage.Forward.Client);
        Assert.Equal("4abc000568656c6c6f", Convert.ToHexStringLower(passage.Bytes));
    }

    [Fact]
    public void Both_forms_of_a_relayed_address_are_one_peer_to_a_channel()
    {
        var (alice, bob) = Pair();
        alice.Bind(0x4000, bob.Relayed[0].ToString()).AssertSuccess();

        alice.Bind(0x4001, $"{TestRelay.LocalIPv4}:{bob.Relayed[0].Port}").AssertError(StunErrorCode.BadRequest);
        alice.Bind(0x4000, $"{TestRelay.LocalIPv4}:{bob.Relayed[0].Port}").AssertSuccess();
    }

    [Fact]
    public void A_receiver_on_another_shard_is_handed_the_payload_as_from_the_senders_public_address()
    {
        var (alice, bob) = Pair(bobsShard: 1);
        alice.Permit(TestRelay.PublicIPv4);
        bob.Permit(TestRelay.LocalIPv4);

        var passage = alice.SendTo(bob.Relayed[0].ToString(), "hello"u8);

        Assert.Equal(new Forward(ForwardKind.ToShard, default, bob.Allocation, default, alice.Relayed[0]), passage.Forward);
        Assert.Equal("hello"u8.ToArray(), passage.Bytes);
        var delivered = _relay.HandOver(passage);
        Assert.Equal(new Forward(ForwardKind.ToClient, bob.Handle, bob.Allocation, default, default), delivered.Forward);
        Assert.Equal(1, _relay.Shards[0].Counters.InProcess.Packets);
        Assert.Equal(0, _relay.Shards[1].Counters.FromPeers.Packets);
        Assert.Equal(1 + 3, _relay.Shards[1].Counters.ToClients.Packets); // and a challenge and two answers
    }

    [Fact]
    public void A_hand_over_fits_in_the_buffer_that_the_packet_came_in()
    {
        var (alice, bob) = Pair(bobsShard: 1);
        alice.Bind(0x4000, bob.Relayed[0].ToString());
        bob.Permit(TestRelay.PublicIPv4);
        var buffer = new byte[Packet.BufferLength];
        var message = alice.BuildChannelData(0x4000, "hello"u8);
        message.CopyTo(buffer, Packet.Headroom);
        var packet = new Packet(buffer, message.Length);

        var forward = _relay.Shards[0].HandleClient(alice.Handle, ref packet, _relay.Now);
        var delivered = _relay.Shards[1].HandleHandover(forward.Allocation, forward.Peer, ref packet, _relay.Now);

        Assert.Equal(bob.Handle, delivered.Client);
        Assert.Equal(20 + 12 + 4 + 8, packet.Length);
    }

    [Fact]
    public void Without_the_receivers_permission_nothing_arrives()
    {
        var (alice, bob) = Pair();
        alice.Permit(TestRelay.PublicIPv4);

        Assert.Equal(Forward.None, alice.SendTo(bob.Relayed[0].ToString(), "hello"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoPermission));
    }

    [Fact]
    public void The_senders_family_is_the_one_that_the_receiver_sees()
    {
        var (alice, bob) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.8:1", "bob"));
        alice.AllocateDual();
        bob.AllocateDual();
        alice.Bind(0x4000, bob.Relayed[1].ToString()).AssertSuccess();
        bob.Bind(0x4001, alice.Relayed[1].ToString()).AssertSuccess();

        Assert.Equal(
            "4001000268 69".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(alice.SendOn(0x4000, "hi"u8).Bytes));
    }

    [Fact]
    public void A_private_relayed_address_of_this_relay_is_a_peer_and_its_neighbours_are_not()
    {
        var (alice, _) = Pair();

        alice.Permit(TestRelay.LocalIPv4).AssertSuccess();
        alice.Permit("10.0.0.4").AssertError(StunErrorCode.Forbidden);
    }

    [Theory]
    [InlineData(TestRelay.PublicIPv4, 3478)]
    [InlineData(TestRelay.LocalIPv4, 22)]
    [InlineData(TestRelay.PublicIPv4, 49152)]
    public void Other_services_on_the_relays_own_addresses_are_never_sent_to(string ip, int port)
    {
        var relay = new TestRelay(s => s with { FirstPort = 50_000 });
        var alice = relay.Client();
        alice.Allocate();
        alice.Permit(ip).AssertSuccess();

        Assert.Equal(Forward.None, alice.SendTo($"{ip}:{port}", "hello"u8).Forward);
        Assert.Equal(1, relay.Counters.Drops(DropReason.NotRelayed));
    }

    [Fact]
    public void A_neighbour_on_the_relays_own_address_is_a_peer_when_the_settings_allow_it_by_name()
    {
        var listener = TransportAddress.Parse($"{TestRelay.PublicIPv4}:3478");
        var relay = new TestRelay(s => s with { Peers = new([IpPrefix.Parse(TestRelay.PublicIPv4)], [], [listener]), FirstPort = 50_000 });
        var neighbour = TransportAddress.Parse($"{TestRelay.PublicIPv4}:4000");
        var alice = relay.Client();
        alice.Allocate();
        alice.Bind(0x4000, neighbour.ToString()).AssertSuccess();
        alice.Bind(0x4001, listener.ToString()).AssertError(StunErrorCode.Forbidden);

        Assert.Equal(
            (ForwardKind.ToPeer, neighbour),
            (alice.SendOn(0x4000, "hi"u8).Forward.Kind, alice.SendTo(neighbour.ToString(), "hi"u8).Forward.Peer));
        Assert.Equal(ForwardKind.ToClient, relay.FromPeer(alice.Allocation, neighbour, "hi"u8).Forward.Kind);
        Assert.Equal(Forward.None, alice.SendTo(listener.ToString(), "hi"u8).Forward);
        Assert.Equal(Forward.None, alice.SendTo($"{TestRelay.PublicIPv4}:0", "hi"u8).Forward);
        Assert.Equal(Forward.None, relay.FromPeer(alice.Allocation, listener, "hi"u8).Forward);
        Assert.Equal(
            (3, 2, 1), (relay.Counters.Drops(DropReason.NotRelayed), relay.Counters.ToPeers.Packets, relay.Counters.FromPeers.Packets));
    }

    [Fact]
    public void A_channel_to_an_allocation_that_ended_leads_nowhere()
    {
        var (alice, bob) = Pair();
        alice.Bind(0x4000, bob.Relayed[0].ToString());
        bob.Refresh(0);

        Assert.Equal(Forward.None, alice.SendOn(0x4000, "hello"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NotRelayed));
    }

    [Fact]
    public void A_datagram_from_another_port_of_the_relays_own_address_is_dropped()
    {
        var (alice, _) = Pair();
        alice.Permit(TestRelay.PublicIPv4);

        Assert.Equal(Forward.None, _relay.FromPeer(alice.Allocation, TransportAddress.Parse(TestRelay.LocalIPv4 + ":53"), "x"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NotRelayed));
    }

    /// <summary>Behind a 1:1 NAT the public address isn't the host's own, so its kernel accepts such a datagram.</summary>
    [Theory]
    [InlineData(TestRelay.PublicIPv4, 0)]
    [InlineData(TestRelay.PublicIPv4, 1)]
    [InlineData(TestRelay.LocalIPv4, 0)]
    [InlineData(TestRelay.LocalIPv4, 1)]
    public void A_datagram_from_the_network_with_a_relayed_address_as_its_source_is_dropped(string ip, int bobsShard)
    {
        var (alice, bob) = Pair(bobsShard);
        bob.Bind(0x4000, alice.Relayed[0].ToString()).AssertSuccess();
        var forged = alice.Relayed[0] with { Ip = IpAddress.Parse(ip) };

        Assert.Equal(Forward.None, _relay.FromPeer(bob.Allocation, forged, "forged"u8).Forward);
        Assert.Equal(Forward.None, _relay.FromPeer(bob.Allocation, bob.Relayed[0] with { Ip = IpAddress.Parse(ip) }, "forged"u8).Forward);
        Assert.Equal(2, _relay.Shards[bobsShard].Counters.Drops(DropReason.NotRelayed));
        Assert.Equal(0, _relay.Shards[bobsShard].Counters.FromPeers.Packets);
    }

    [Fact]
    public void An_allocation_may_speak_to_itself()
    {
        var (alice, _) = Pair();
        alice.Bind(0x4000, alice.Relayed[0].ToString()).AssertSuccess();

        var passage = alice.SendOn(0x4000, "echo"u8);

        Assert.Equal(alice.Handle, passage.Forward.Client);
        Assert.Equal("400000046563686f", Convert.ToHexStringLower(passage.Bytes));
    }

    [Fact]
    public void A_datagram_client_and_a_stream_client_reach_each_other()
    {
        var alice = _relay.Client("203.0.113.7:1");
        var bob = _relay.Client("203.0.113.8:1", "bob", transport: ClientTransport.Tcp);
        alice.Allocate();
        bob.Allocate();
        alice.Bind(0x4000, bob.Relayed[0].ToString());
        bob.Bind(0x4001, alice.Relayed[0].ToString());

        Assert.Equal("4001000568656c6c6f000000", Convert.ToHexStringLower(alice.SendOn(0x4000, "hello"u8).Bytes));
        Assert.Equal("4000000568656c6c6f", Convert.ToHexStringLower(bob.SendOn(0x4001, "hello"u8).Bytes));
    }

    [Fact]
    public void In_process_traffic_is_counted_apart_and_for_both_ends()
    {
        var (alice, bob) = Pair();
        alice.Bind(0x4000, bob.Relayed[0].ToString());
        bob.Bind(0x4001, alice.Relayed[0].ToString());
        alice.SendOn(0x4000, "hello"u8);

        Assert.Equal((1, 5), (_relay.Counters.InProcess.Packets, _relay.Counters.InProcess.Bytes));
        Assert.Equal((0, 0), (_relay.Counters.ToPeers.Packets, _relay.Counters.FromPeers.Packets));
        alice.Refresh(0);
        bob.Refresh(0);
        Assert.Equal(new AllocationUsage(1, 5, 0, 0), alice.Effects.OfType<AllocationEnded>().Single().Usage);
        Assert.Equal(new AllocationUsage(0, 0, 1, 5), bob.Effects.OfType<AllocationEnded>().Single().Usage);
    }

    private (TestClient Alice, TestClient Bob) Pair(int bobsShard = 0)
    {
        var (alice, bob) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.8:1", "bob", bobsShard));
        alice.Allocate();
        bob.Allocate();
        return (alice, bob);
    }
}
