using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Connections;

/// <summary>Allocate with REQUESTED-TRANSPORT of TCP (RFC 6062 §5.1), and what such an allocation doesn't do.</summary>
public class TcpAllocateTests
{
    private readonly TestRelay _relay = new(settings => settings with { TcpAllocations = true });

    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public void A_client_over_a_stream_gets_a_listening_TCP_address(ClientTransport transport)
    {
        var client = _relay.Client(transport: transport);

        var answer = client.AllocateTcp();

        answer.AssertSuccess();
        Assert.Equal(TestRelay.PublicIPv4, Assert.Single(client.Relayed).Ip.ToString());
        Assert.DoesNotContain(StunAttributeType.ReservationToken, answer.Types);
        Assert.True(Assert.Single(client.Effects.OfType<OpenRelay>()).IsTcp);
    }

    [Fact]
    public void A_UDP_allocation_opens_a_UDP_socket()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.Allocate().AssertSuccess();
        Assert.False(Assert.Single(client.Effects.OfType<OpenRelay>()).IsTcp);
    }

    [Fact]
    public void A_client_over_UDP_is_refused()
    {
        _relay.Client().AllocateTcp().AssertError(StunErrorCode.BadRequest);
        _relay.AssertEmpty();
    }

    [Fact]
    public void TCP_is_not_offered_unless_the_settings_say_so()
    {
        var relay = new TestRelay();
        var client = relay.Client(transport: ClientTransport.Tcp);

        client.AllocateTcp().AssertError(StunErrorCode.UnsupportedTransportProtocol);
        client.Allocate().AssertSuccess();
        Assert.Null(client.Connect("192.0.2.1:9000"));
        Assert.Null(client.TryRequest(StunMethod.ConnectionBind, (ref StunWriter m) => m.Add(StunAttributeType.ConnectionId, 1u)));
        Assert.Equal(2, relay.Counters.Drops(DropReason.Unexpected));
    }

    [Theory]
    [InlineData(StunAttributeType.EvenPort, 1)]
    [InlineData(StunAttributeType.ReservationToken, 8)]
    [InlineData(StunAttributeType.DontFragment, 0)]
    public void What_only_datagrams_have_is_refused(StunAttributeType type, int length)
    {
        var answer = _relay.Client(transport: ClientTransport.Tcp).AllocateTcp((ref StunWriter m) => m.Add(type, new byte[length]));

        answer.AssertError(StunErrorCode.BadRequest);
        _relay.AssertEmpty();
    }

    [Fact]
    public void Another_protocol_than_UDP_and_TCP_is_refused() =>
        _relay.Client(transport: ClientTransport.Tcp)
            .Request(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 132u << 24))
            .AssertError(StunErrorCode.UnsupportedTransportProtocol);

    [Fact]
    public void Channels_and_Send_indications_are_not_for_TCP_allocations()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.AllocateTcp();
        client.Permit("192.0.2.1").AssertSuccess();

        client.Bind(0x4000, "192.0.2.1:9000").AssertError(StunErrorCode.Forbidden);
        Assert.Equal(Forward.None, client.SendTo("192.0.2.1:9000", "data"u8).Forward);
        Assert.Equal(Forward.None, client.SendOn(0x4000, "data"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.Unexpected));
        Assert.Equal(1, _relay.Counters.Drops(DropReason.UnboundChannel));
    }

    [Fact]
    public void A_datagram_never_enters_a_TCP_allocation()
    {
        var tcp = _relay.Client("203.0.113.7:40000", transport: ClientTransport.Tcp);
        tcp.AllocateTcp();
        tcp.Permit(TestRelay.PublicIPv4).AssertSuccess();
        var udp = _relay.Client("203.0.113.8:40000", "bob");
        udp.Allocate();
        udp.Permit(TestRelay.PublicIPv4).AssertSuccess();

        Assert.Equal(Forward.None, udp.SendTo(tcp.Relayed[0].ToString(), "data"u8).Forward);
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoAllocation));
    }

    [Fact]
    public void Refresh_with_lifetime_zero_ends_it()
    {
        var client = _relay.Client(transport: ClientTransport.Tcp);
        client.AllocateTcp();

        client.Refresh(0).AssertSuccess();

        _relay.AssertEmpty();
    }
}
