using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

public class ProbeClientsTests
{
    private readonly ProbeClients _probes = new();

    [Fact]
    public void A_probe_allocates_beyond_quotas_and_ports_and_does_not_count()
    {
        var relay = new TestRelay(settings => settings with
        {
            FirstPort = 50_000,
            LastPort = 50_001,
            Probes = _probes,
            Quotas = new() { Allocations = 2, AllocationsPerSubject = 2 },
        });
        foreach (var port in new[] { 1, 2 }) relay.Client($"203.0.113.7:{port}").Allocate();
        var stranger = relay.Client("203.0.113.7:3", "bob");
        Assert.Equal(StunErrorCode.InsufficientCapacity, stranger.Allocate().Error);

        _probes.Add(ClientTransport.Udp, stranger.Handle.Address);
        stranger.Allocate();
        Assert.NotInRange(stranger.Relayed[0].Port, 50_000, 50_001);
        Assert.Equal(2, relay.Shared.Allocations);
        stranger.Refresh(0);
        _probes.Remove(ClientTransport.Udp, stranger.Handle.Address);

        Assert.Equal(2, relay.Shared.Allocations);
        Assert.Equal(StunErrorCode.InsufficientCapacity, stranger.Allocate().Error);
    }

    [Fact]
    public void A_former_probe_returns_no_more_than_it_took()
    {
        var relay = new TestRelay(settings => settings with { Probes = _probes });
        var probe = relay.Client();
        _probes.Add(ClientTransport.Udp, probe.Handle.Address);
        probe.Allocate();
        _probes.Remove(ClientTransport.Udp, probe.Handle.Address);
        probe.Refresh(0);

        relay.AssertEmpty();
    }

    [Fact]
    public void A_probes_packet_to_a_relayed_address_leaves_and_returns_by_its_socket()
    {
        var relay = new TestRelay(settings => settings with { Probes = _probes });
        var probe = relay.Client();
        _probes.Add(ClientTransport.Udp, probe.Handle.Address);
        probe.Allocate();
        var self = probe.Relayed[0];
        probe.Permit(self.Ip.ToString());

        var sent = probe.SendTo(self.ToString(), "there"u8);
        var local = new TransportAddress(IpAddress.Parse(TestRelay.LocalIPv4), self.Port);
        Assert.Equal((ForwardKind.ToPeer, local, local), (sent.Forward.Kind, sent.Forward.Relayed, sent.Forward.Peer));
        Assert.Equal("there"u8.ToArray(), sent.Bytes);

        var back = relay.FromPeer(probe.Allocation, local, "there"u8);
        Assert.Equal((ForwardKind.ToClient, probe.Handle), (back.Forward.Kind, back.Forward.Client));
        Assert.True(StunMessage.TryRead(back.Bytes, out var indication));
        Assert.True(indication.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var from));
        Assert.Equal(self, from);

        // Another of the relay's own addresses as the source doesn't pass for the probe.
        Assert.Equal(Forward.None, relay.FromPeer(probe.Allocation, self, "forged"u8).Forward);
    }
}
