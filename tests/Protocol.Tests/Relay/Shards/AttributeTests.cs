using System.Buffers.Binary;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>What holds for the attributes of every request: RFC 8489 §6.3 and §14, RFC 8656 §18.</summary>
public class AttributeTests
{
    private readonly TestRelay _relay = new();

    public static TheoryData<StunMethod> Methods =>
        [StunMethod.Binding, StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind];

    [Theory, MemberData(nameof(Methods))]
    public void An_unknown_attribute_that_is_optional_changes_no_response(StunMethod method)
    {
        var (plain, odd) = (Client(1, method != StunMethod.Allocate), Client(2, method != StunMethod.Allocate));

        foreach (var type in new ushort[] { 0x8FFF, 0x8005, 0x8030, 0xC057, 0xFFFF })
        {
            var expected = plain.Request(method, Valid(method));
            var answer = odd.Request(method, (ref StunWriter m) =>
            {
                m.Add((StunAttributeType)type, [1, 2, 3]);
                Valid(method)(ref m);
            });
            Assert.Equal(expected.Error, answer.Error);
            Assert.Equal(expected.Types, answer.Types);
        }
    }

    [Fact]
    public void An_unknown_attribute_that_is_optional_changes_no_Send_indication()
    {
        var client = Client(1);
        client.Permit("192.0.2.1");

        var passage = _relay.FromClient(client.Handle, client.Build(StunClass.Indication, StunMethod.Send, (ref StunWriter m) =>
        {
            m.Add((StunAttributeType)0x8FFF, [1, 2, 3]);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:9"));
            m.Add(StunAttributeType.Data, "x"u8);
        }, Signing.None));

        Assert.Equal((ForwardKind.ToPeer, "x"), (passage.Forward.Kind, System.Text.Encoding.ASCII.GetString(passage.Bytes)));
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_known_attribute_that_a_method_does_not_use_is_ignored(StunMethod method)
    {
        var (plain, odd) = (Client(1, method != StunMethod.Allocate), Client(2, method != StunMethod.Allocate));
        var expected = plain.Request(method, Valid(method));

        var answer = odd.Request(method, (ref StunWriter m) =>
        {
            Valid(method)(ref m);
            m.Add(StunAttributeType.XorRelayedAddress, [1]);
            m.Add(StunAttributeType.ErrorCode, []);
            m.Add(StunAttributeType.Data, "data"u8);
            if (method != StunMethod.ChannelBind) m.Add(StunAttributeType.ChannelNumber, [1]);
        });

        Assert.Equal(expected.Error, answer.Error);
        Assert.Equal(expected.Types, answer.Types);
    }

    [Fact]
    public void Attributes_may_stand_in_any_order()
    {
        var client = Client(1);

        client.Request(StunMethod.ChannelBind, (ref StunWriter m) =>
        {
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:9"));
            m.Add(StunAttributeType.ChannelNumber, 0x4000u << 16);
        }).AssertSuccess();
        Client(2, allocate: false).Request(StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.Lifetime, 700);
            m.Add(StunAttributeType.EvenPort, [0]);
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
        }).AssertSuccess();
    }

    [Fact]
    public void Of_duplicate_attributes_of_a_request_the_first_one_counts()
    {
        var client = Client(1);

        Assert.Equal(900u, client.Request(StunMethod.Refresh, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.Lifetime, 900);
            m.Add(StunAttributeType.Lifetime, 0);
        }).Number(StunAttributeType.Lifetime));

        client.Request(StunMethod.ChannelBind, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.ChannelNumber, 0x4000u << 16);
            m.Add(StunAttributeType.ChannelNumber, 0x3000u << 16);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:9"));
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("10.0.0.6:9"));
        }).AssertSuccess();
        Assert.Equal(TransportAddress.Parse("192.0.2.1:9"), client.SendOn(0x4000, "x"u8).Forward.Peer);

        Client(2, allocate: false).Request(StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 6u << 24);
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
        }).AssertError(StunErrorCode.UnsupportedTransportProtocol);
    }

    [Fact]
    public void Of_duplicate_attributes_of_a_Send_indication_the_first_one_counts()
    {
        var client = Client(1);
        client.Permit("192.0.2.1", "192.0.2.2");

        var passage = _relay.FromClient(client.Handle, client.Build(StunClass.Indication, StunMethod.Send, (ref StunWriter m) =>
        {
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:9"));
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.2:9"));
            m.Add(StunAttributeType.Data, "first"u8);
            m.Add(StunAttributeType.Data, "second"u8);
        }, Signing.None));

        Assert.Equal(TransportAddress.Parse("192.0.2.1:9"), passage.Forward.Peer);
        Assert.Equal("first"u8.ToArray(), passage.Bytes);
    }

    /// <summary>A man in the middle can append attributes to a signed request.</summary>
    [Theory]
    [InlineData(Signing.Sha1)]
    [InlineData(Signing.Sha256)]
    internal void What_stands_behind_the_integrity_of_a_request_is_ignored(Signing signing)
    {
        var client = Client(1);
        client.Signing = signing;

        // LIFETIME of zero would end the allocation; 0x7FFF would be answered 420.
        foreach (var appended in new[] { "000d000400000000", "7fff0000" })
        {
            var request = client.Build(StunClass.Request, StunMethod.Refresh);
            byte[] longer = [.. request, .. Convert.FromHexString(appended)];
            BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(2), (ushort)(longer.Length - 20));

            var answer = client.SendRequest(longer)!;
            answer.AssertSuccess();
            Assert.Equal(600u, answer.Number(StunAttributeType.Lifetime));
        }
    }

    [Theory]
    [InlineData(0x11FFFFFFu)]
    [InlineData(0x11000001u)]
    public void Reserved_bits_of_REQUESTED_TRANSPORT_are_ignored(uint value) =>
        Client(1, allocate: false)
            .Request(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, value)).AssertSuccess();

    [Theory]
    [InlineData(0x7F, false)]
    [InlineData(0xFF, true)]
    public void Reserved_bits_of_EVEN_PORT_are_ignored(byte value, bool reserves)
    {
        var client = Client(1, allocate: false);

        var answer = client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.EvenPort, [value]));

        answer.AssertSuccess();
        Assert.Equal(reserves, answer.Types.Contains(StunAttributeType.ReservationToken));
        Assert.Equal(0, client.Relayed[0].Port % 2);
    }

    [Theory]
    [InlineData(StunAttributeType.RequestedAddressFamily, 1)]
    [InlineData(StunAttributeType.AdditionalAddressFamily, 2)]
    public void Reserved_bits_of_a_family_are_ignored(StunAttributeType type, int addresses)
    {
        var client = Client(1, allocate: false);

        client.Allocate((ref StunWriter m) => m.Add(type, 0x02FFFFFF)).AssertSuccess();

        Assert.Equal(addresses, client.Relayed.Length);
        Assert.Equal(IpFamily.IPv6, client.Relayed[^1].Family);
    }

    [Fact]
    public void Reserved_bits_of_CHANNEL_NUMBER_are_ignored()
    {
        var client = Client(1);

        client.Request(StunMethod.ChannelBind, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.ChannelNumber, 0x4000FFFF);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:9"));
        }).AssertSuccess();

        Assert.Equal(ForwardKind.ToPeer, client.SendOn(0x4000, "x"u8).Forward.Kind);
    }

    // 192.0.2.1:9 combined with the cookie; the first byte is reserved.
    [Fact]
    public void The_reserved_byte_of_an_address_is_ignored()
    {
        var client = Client(1);

        client.Request(
            StunMethod.CreatePermission,
            (ref StunWriter m) => m.Add(StunAttributeType.XorPeerAddress, Convert.FromHexString("ff01211be112a643"))).AssertSuccess();

        Assert.Equal(ForwardKind.ToPeer, client.SendTo("192.0.2.1:9", "x"u8).Forward.Kind);
    }

    [Fact]
    public void Reserved_bits_of_responses_are_zero()
    {
        var client = Client(1, allocate: false);

        var answer = client.AllocateDual();

        foreach (var address in answer.Attributes.Where(
            attribute => attribute.Type is StunAttributeType.XorRelayedAddress or StunAttributeType.XorMappedAddress))
        {
            Assert.Equal(0, address.Value[0]);
        }

        // ERROR-CODE: 21 bits, class, number.
        Assert.Equal([0, 0, 4, 37], client.Allocate()[StunAttributeType.ErrorCode][..4]);
    }

    /// <summary>XOR-PEER-ADDRESS of a CreatePermission: the port is ignored, also port 0.</summary>
    [Theory]
    [InlineData("192.0.2.1:0")]
    [InlineData("192.0.2.1:65535")]
    public void The_port_of_a_permission_is_ignored(string peer)
    {
        var client = Client(1);

        client.Permit(peer).AssertSuccess();

        Assert.Equal(ForwardKind.ToPeer, client.SendTo("192.0.2.1:9", "x"u8).Forward.Kind);
    }

    /// <summary>A buffer is used again and again: what a longer packet left in it must not reach a client.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Padding_to_a_client_never_shows_what_a_packet_before_it_was(int length)
    {
        var client = _relay.Client("203.0.113.7:9", transport: ClientTransport.Tcp);
        client.Allocate();
        client.Permit("192.0.2.1");
        var peer = TransportAddress.Parse("192.0.2.1:9");
        var secret = Enumerable.Repeat((byte)0xEE, 100).ToArray();

        _relay.FromPeer(client.Allocation, peer, secret);
        Assert.Equal(new byte[4 - length], _relay.FromPeer(client.Allocation, peer, new byte[length]).Bytes[^(4 - length)..]);

        client.Bind(0x4000, "192.0.2.1:9");
        _relay.FromPeer(client.Allocation, peer, secret);
        var message = _relay.FromPeer(client.Allocation, peer, new byte[length]).Bytes;
        Assert.Equal(8, message.Length);
        Assert.Equal(new byte[4], message[4..]);
    }

    private TestClient Client(int port, bool allocate = true)
    {
        var client = _relay.Client($"203.0.113.7:{port}");
        if (allocate) client.Allocate().AssertSuccess();
        return client;
    }

    private static Attributes Valid(StunMethod method) => (ref StunWriter m) =>
    {
        if (method == StunMethod.Allocate) m.Add(StunAttributeType.RequestedTransport, 17u << 24);
        if (method == StunMethod.ChannelBind) m.Add(StunAttributeType.ChannelNumber, 0x4000u << 16);
        if (method is StunMethod.ChannelBind or StunMethod.CreatePermission)
            m.AddXorAddress(StunAttributeType.XorPeerAddress, TransportAddress.Parse("192.0.2.1:9"));
    };
}
