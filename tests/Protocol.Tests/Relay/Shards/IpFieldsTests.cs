using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>The fields of the IP header that a relayed packet keeps: RFC 8656 §13 to §16.</summary>
public class IpFieldsTests
{
    // DSCP EF with ECT(1), as an L4S call sends (RFC 9331).
    private const byte Marked = 0xB9;
    private readonly TestRelay _relay = new(shards: 2);

    public static MatrixTheoryData<string, bool> Peers => new(["192.0.2.1:9000", "[2001:db8::1]:9000"], [true, false]);

    [Theory, MemberData(nameof(Peers))]
    public void A_packet_to_a_peer_keeps_its_traffic_class_and_has_one_hop_less(string peer, bool channel)
    {
        var client = Client(peer, channel);
        var message = channel ? client.BuildChannelData(0x4000, "x"u8) : client.BuildSend(peer, "x"u8);

        var passage = _relay.FromClient(client.Handle, message, ip: new(Marked, 64));

        Assert.Equal((ForwardKind.ToPeer, new(Marked, 63)), (passage.Forward.Kind, passage.Ip));
    }

    [Theory, MemberData(nameof(Peers))]
    public void A_packet_to_a_client_keeps_its_traffic_class_and_has_one_hop_less(string peer, bool channel)
    {
        var client = Client(peer, channel);

        var passage = _relay.FromPeer(client.Allocation, TransportAddress.Parse(peer), "x"u8, new(Marked, 64));

        Assert.Equal((ForwardKind.ToClient, new(Marked, 63)), (passage.Forward.Kind, passage.Ip));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_mark_of_ECN_passes_unchanged(byte ecn)
    {
        var client = Client("192.0.2.1:9000", channel: true);

        Assert.Equal(ecn, _relay.FromClient(client.Handle, client.BuildChannelData(0x4000, "x"u8), ip: new(ecn, 64)).Ip.TrafficClass);
        Assert.Equal(
            ecn, _relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.1:9000"), "x"u8, new(ecn, 64)).Ip.TrafficClass);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_packet_without_a_hop_left_is_dropped_both_ways(byte hops)
    {
        var client = Client("192.0.2.1:9000", channel: true);

        Assert.Equal(
            ForwardKind.None, _relay.FromClient(client.Handle, client.BuildChannelData(0x4000, "x"u8), ip: new(0, hops)).Forward.Kind);
        Assert.Equal(
            ForwardKind.None,
            _relay.FromPeer(client.Allocation, TransportAddress.Parse("192.0.2.1:9000"), "x"u8, new(0, hops)).Forward.Kind);
        Assert.Equal(2, _relay.Counters.Drops(DropReason.HopLimit));
        Assert.Equal(0, _relay.Counters.ToPeers.Packets);
    }

    /// <summary>From a stream, and on systems that don't report the fields.</summary>
    [Fact]
    public void Unknown_fields_leave_as_the_systems_defaults()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Allocate();
        client.Bind(0x4000, "192.0.2.1:9000");

        var passage = client.SendOn(0x4000, "x"u8);

        Assert.Equal((ForwardKind.ToPeer, default(IpFields)), (passage.Forward.Kind, passage.Ip));
    }

    /// <summary>It passes two relays in one.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Between_two_clients_a_packet_keeps_its_traffic_class_and_has_two_hops_less(int shard)
    {
        var (alice, bob) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.8:1", "bob", shard));
        alice.AllocateDual();
        bob.AllocateDual();
        alice.Permit(bob.Relayed[0].ToString());
        bob.Permit(alice.Relayed[0].ToString());

        var passage = _relay.FromClient(alice.Handle, alice.BuildSend(bob.Relayed[0].ToString(), "x"u8), ip: new(Marked, 64));
        if (passage.Forward.Kind == ForwardKind.ToShard) passage = _relay.HandOver(passage);

        Assert.Equal((ForwardKind.ToClient, new(Marked, 62)), (passage.Forward.Kind, passage.Ip));
    }

    private TestClient Client(string peer, bool channel)
    {
        var client = _relay.Client();
        client.AllocateDual();
        if (channel) client.Bind(0x4000, peer);
        else client.Permit(peer);
        return client;
    }
}
