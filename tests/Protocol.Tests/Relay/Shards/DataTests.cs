using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>Data between a client and peers on the network: RFC 8656 §11 and §12.4 to §12.7.</summary>
public class DataTests
{
    private const string Peer = "192.0.2.1:9000";
    private static readonly TransportAddress PeerAddress = TransportAddress.Parse(Peer);
    private readonly TestRelay _relay = new();
    private readonly TestClient _client;

    public DataTests()
    {
        _client = _relay.Client();
        _client.AllocateDual();
    }

    private TransportAddress Local => new(IpAddress.Parse(TestRelay.LocalIPv4), _client.Relayed[0].Port);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("abcd")]
    [InlineData("abcde")]
    public void A_Send_indication_leaves_as_its_data_from_the_relayed_address(string text)
    {
        var payload = System.Text.Encoding.ASCII.GetBytes(text);
        _client.Permit("192.0.2.1");

        var passage = _client.SendTo(Peer, payload);

        Assert.Equal(new Forward(ForwardKind.ToPeer, default, _client.Allocation, Local, PeerAddress), passage.Forward);
        Assert.Equal(payload, passage.Bytes);
        Assert.Empty(_relay.Effects());
    }

    [Fact]
    public void A_Send_indication_over_IPv6_leaves_from_the_IPv6_relayed_address()
    {
        _client.Permit("2001:db8::1");

        var passage = _client.SendTo("[2001:db8::1]:9000", "hello"u8);

        Assert.Equal(
            new Forward(ForwardKind.ToPeer, default, _client.Allocation, _client.Relayed[1], TransportAddress.Parse("[2001:db8::1]:9000")),
            passage.Forward);
        Assert.Equal("hello"u8.ToArray(), passage.Bytes);
    }

    [Fact]
    public void The_data_of_a_Send_indication_may_precede_its_peer()
    {
        _client.Permit("192.0.2.1");

        var passage = _relay.FromClient(_client.Handle, Indication((ref StunWriter m) =>
        {
            m.Add(StunAttributeType.Data, "hello"u8);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, PeerAddress);
            m.Add(StunAttributeType.Software, "a client");
        }));

        Assert.Equal(PeerAddress, passage.Forward.Peer);
        Assert.Equal("hello"u8.ToArray(), passage.Bytes);
    }

    [Theory]
    [InlineData("192.0.2.1:9000")]
    [InlineData("[2001:db8::1]:9000")]
    public void A_Send_indication_with_dont_fragment_leaves_with_DF_and_nothing_else_does(string peer)
    {
        var address = TransportAddress.Parse(peer);
        _client.Permit(address.Ip.ToString());
        _client.Bind(0x4000, peer);

        var passage = _relay.FromClient(_client.Handle, Indication((ref StunWriter m) =>
        {
            m.Add(StunAttributeType.DontFragment, []);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, address);
            m.Add(StunAttributeType.Data, "hello"u8);
        }));

        Assert.Equal((ForwardKind.ToPeer, true), (passage.Forward.Kind, passage.Forward.DontFragment));
        Assert.Equal("hello"u8.ToArray(), passage.Bytes);
        Assert.False(_client.SendTo(peer, "hello"u8).Forward.DontFragment);
        Assert.False(_client.SendOn(0x4000, "hello"u8).Forward.DontFragment);
    }

    /// <summary>The engine looks a client up before it takes the shard's lock.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_message_screened_before_its_allocation_ended_is_dropped(bool channel)
    {
        _client.Permit("192.0.2.1");
        _client.Bind(0x4000, Peer);
        var message = channel ? _client.BuildChannelData(0x4000, "x"u8) : _client.BuildSend(Peer, "x"u8);
        var buffer = new byte[Packet.BufferLength];
        message.CopyTo(buffer, Packet.Headroom);
        var packet = new Packet(buffer, message.Length);

        var screened = _relay.Shard.Screen(_client.Handle, packet.Bytes, _relay.Now, new byte[RelayShard.MaxAnswerLength], out _);
        Assert.False(screened.IsSettled);
        _client.Refresh(0).AssertSuccess();
        _client.Allocate().AssertSuccess();

        Assert.Equal(Forward.None, _relay.Shard.HandleClient(screened, ref packet, _relay.Now));
        Assert.Equal(1, _relay.Counters.Drops(DropReason.NoAllocation));
    }

    [Fact]
    public void Dropped_indications_and_ChannelData_are_counted_by_reason_and_answered_with_nothing()
    {
        _client.Permit("192.0.2.1", "192.0.2.250");
        _client.Bind(0x4000, Peer);
        var stranger = _relay.Client("203.0.113.99:1");

        Dropped(DropReason.NoAllocation, stranger.SendTo(Peer, "x"u8));
        Dropped(DropReason.NoAllocation, stranger.SendOn(0x4000, "x"u8));
        Dropped(DropReason.NoPermission, _client.SendTo("192.0.2.2:9000", "x"u8));
        Dropped(DropReason.PeerDenied, _client.SendTo("192.0.2.250:3478", "x"u8));
        Dropped(DropReason.PeerDenied, _client.SendTo("192.0.2.1:0", "x"u8));
        Dropped(DropReason.UnboundChannel, _client.SendOn(0x4001, "x"u8));
        Dropped(DropReason.Malformed, Bytes("400000")); // a header cut short
        Dropped(DropReason.Malformed, Bytes("4000000261")); // shorter than its length says
        Dropped(DropReason.Malformed, Bytes("80000000"));
        Dropped(DropReason.Malformed, Bytes(""));
        Dropped(DropReason.Malformed, Bytes("0001000021"));
        var withoutData = Indication((ref StunWriter m) => m.AddXorAddress(StunAttributeType.XorPeerAddress, PeerAddress));
        Dropped(DropReason.Malformed, _relay.FromClient(_client.Handle, withoutData));
        Dropped(
            DropReason.Malformed,
            _relay.FromClient(_client.Handle, Indication((ref StunWriter m) => m.Add(StunAttributeType.Data, "x"u8))));
        Dropped(DropReason.Malformed, _relay.FromClient(_client.Handle, Indication((ref StunWriter m) =>
        {
            m.Add(StunAttributeType.XorPeerAddress, [0, 1, 2]);
            m.Add(StunAttributeType.Data, "x"u8);
        })));
        Dropped(DropReason.UnknownAttribute, _relay.FromClient(_client.Handle, Indication((ref StunWriter m) =>
        {
            m.Add((StunAttributeType)0x7F00, []);
            m.AddXorAddress(StunAttributeType.XorPeerAddress, PeerAddress);
            m.Add(StunAttributeType.Data, "x"u8);
        })));
        Dropped(
            DropReason.Unexpected,
            _relay.FromClient(_client.Handle, _client.Build(StunClass.Indication, StunMethod.Data, null, Signing.None)));
        Dropped(
            DropReason.Unexpected,
            _relay.FromClient(_client.Handle, _client.Build(StunClass.SuccessResponse, StunMethod.Binding, null, Signing.None)));
        Dropped(
            DropReason.Unexpected,
            _relay.FromClient(_client.Handle, _client.Build(StunClass.ErrorResponse, StunMethod.Allocate, null, Signing.None)));
        Dropped(
            DropReason.Unexpected,
            _relay.FromClient(_client.Handle, _client.Build(StunClass.Request, StunMethod.Send, null, Signing.None)));
        Dropped(
            DropReason.Unexpected,
            _relay.FromClient(_client.Handle, _client.Build(StunClass.Request, (StunMethod)0xFFF, null, Signing.None)));
    }

    [Fact]
    public void An_overlong_request_is_dropped_and_a_Send_indication_is_not()
    {
        _client.Permit("192.0.2.1");
        var longest = _client.Build(
            StunClass.Request, StunMethod.Binding, (ref StunWriter m) => m.Add((StunAttributeType)0x8FFF, new byte[4000]), Signing.None);
        Array.Resize(ref longest, StunConstants.MaxRequestLength);
        (longest[2], longest[3]) = ((byte)((longest.Length - 20) >> 8), (byte)(longest.Length - 20));
        (longest[22], longest[23]) = ((byte)((longest.Length - 24) >> 8), (byte)(longest.Length - 24));
        _relay.FromClient(_client.Handle, longest);
        Assert.IsType<SendToClient>(Assert.Single(_relay.Effects()));

        var longer = new byte[longest.Length + 4];
        longest.CopyTo(longer, 0);
        longer[3] += 4;
        Dropped(DropReason.TooLong, _relay.FromClient(_client.Handle, longer));
        Assert.Equal(ForwardKind.ToPeer, _relay.FromClient(_client.Handle, LongSend()).Forward.Kind);

        static byte[] LongSend()
        {
            var message = new byte[60_000];
            var writer = new StunWriter(message, StunClass.Indication, StunMethod.Send, new(1, 2));
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, PeerAddress);
            writer.Add(StunAttributeType.Data, new byte[50_000]);
            Assert.True(writer.TryFinish(out var length));
            return message[..length];
        }
    }

    [Fact]
    public void A_wrong_fingerprint_is_dropped_whatever_it_is_on()
    {
        _client.UsesFingerprint = true;
        var request = _client.Build(StunClass.Request, StunMethod.Binding, null, Signing.None);
        request[^1] ^= 1;

        Dropped(DropReason.WrongFingerprint, _relay.FromClient(_client.Handle, request));
    }

    [Fact]
    public void A_peer_of_a_family_that_was_not_allocated_is_never_reached()
    {
        var client = _relay.Client("203.0.113.8:1");
        client.AllocateIPv6();

        Dropped(DropReason.NoPermission, client.SendTo(Peer, "x"u8));
    }

    [Fact]
    public void ChannelData_leaves_as_its_payload_from_the_relayed_address()
    {
        _client.Bind(0x4000, Peer);

        var passage = _client.SendOn(0x4000, "hello"u8);

        Assert.Equal(new Forward(ForwardKind.ToPeer, default, _client.Allocation, Local, PeerAddress), passage.Forward);
        Assert.Equal("hello"u8.ToArray(), passage.Bytes);
    }

    [Fact]
    public void Empty_ChannelData_leaves_as_an_empty_datagram()
    {
        _client.Bind(0x4000, Peer);

        var passage = _client.SendOn(0x4000, []);

        Assert.Equal(ForwardKind.ToPeer, passage.Forward.Kind);
        Assert.Empty(passage.Bytes);
    }

    [Theory]
    [InlineData("400000016100", "61")]
    [InlineData("4000000161000000", "61")]
    [InlineData("40000000ffff", "")]
    public void Bytes_behind_the_length_of_ChannelData_are_padding(string datagram, string payload)
    {
        _client.Bind(0x4000, Peer);

        Assert.Equal(Convert.FromHexString(payload), Bytes(datagram).Bytes);
    }

    // RFC 8656 §11.3, laid out by hand: Data indication (0x0017), XOR-PEER-ADDRESS of 192.0.2.1:9000 (c0000201 2328 combined with
    // 2112a442), DATA of five bytes and three of padding. The transaction id is the relay's own.
    [Fact]
    public void Data_from_a_peer_without_a_channel_arrives_as_a_Data_indication()
    {
        _client.Permit("192.0.2.1");

        var passage = _relay.FromPeer(_client.Allocation, PeerAddress, "hello"u8);

        Assert.Equal(new Forward(ForwardKind.ToClient, _client.Handle, _client.Allocation, default, default), passage.Forward);
        Assert.Equal(
            "001700182112a442" + Convert.ToHexStringLower(
                passage.Bytes[8..20]) + "00120008" + "0001023ae112a643" + "00130005" + "68656c6c6f000000",
            Convert.ToHexStringLower(passage.Bytes));
    }

    [Fact]
    public void Data_from_an_IPv6_peer_arrives_as_a_Data_indication()
    {
        _client.Permit("2001:db8::1");

        var passage = _relay.FromPeer(_client.Allocation, TransportAddress.Parse("[2001:db8::1]:9000"), "hello"u8);

        Assert.True(StunMessage.TryRead(passage.Bytes, out var message));
        Assert.True(message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var peer));
        Assert.True(message.TryGet(StunAttributeType.Data, out var data));
        Assert.Equal(TransportAddress.Parse("[2001:db8::1]:9000"), peer);
        Assert.Equal("hello"u8.ToArray(), data.ToArray());
    }

    [Fact]
    public void Data_indications_have_transaction_ids_of_their_own()
    {
        _client.Permit("192.0.2.1");

        var ids = Enumerable.Range(0, 100).Select(
            _ => Convert.ToHexString(_relay.FromPeer(_client.Allocation, PeerAddress, "x"u8).Bytes[8..20]));

        Assert.Equal(100, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("hello", "4000000568656c6c6f")]
    [InlineData("", "40000000")]
    public void Data_from_a_peer_with_a_channel_arrives_as_ChannelData(string payload, string message)
    {
        _client.Bind(0x4000, Peer);

        var passage = _relay.FromPeer(_client.Allocation, PeerAddress, System.Text.Encoding.ASCII.GetBytes(payload));

        Assert.Equal(message, Convert.ToHexStringLower(passage.Bytes));
        Assert.Equal(ForwardKind.ToClient, passage.Forward.Kind);
    }

    [Fact]
    public void A_channel_speaks_for_one_port_of_its_peer()
    {
        _client.Bind(0x4000, Peer);

        var passage = _relay.FromPeer(_client.Allocation, PeerAddress with { Port = 9001 }, "hello"u8);

        Assert.Equal(0x00, passage.Bytes[0]);
    }

    [Fact]
    public void ChannelData_over_a_stream_is_padded_and_its_length_is_not()
    {
        var client = _relay.Client("203.0.113.8:1", transport: ClientTransport.Tls);
        client.Allocate();
        client.Bind(0x4000, Peer);

        var inbound = _relay.FromPeer(client.Allocation, PeerAddress, "hello"u8);
        var outbound = client.SendOn(0x4000, "hello"u8);

        Assert.Equal("4000000568656c6c6f000000", Convert.ToHexStringLower(inbound.Bytes));
        Assert.Equal("hello"u8.ToArray(), outbound.Bytes);
    }

    [Fact]
    public void Strangers_on_a_relay_port_are_dropped()
    {
        Dropped(DropReason.NoPermission, _relay.FromPeer(_client.Allocation, PeerAddress, "x"u8));
        Dropped(DropReason.NoAllocation, _relay.FromPeer(new(0, 99, 0), PeerAddress, "x"u8));
        Dropped(DropReason.NoAllocation, _relay.FromPeer(_client.Allocation with { Generation = 9 }, PeerAddress, "x"u8));
    }

    [Fact]
    public void The_largest_datagram_passes_and_one_that_would_grow_too_long_is_dropped()
    {
        _client.Permit("192.0.2.1");
        var indication = Packet.MaxIPv4Payload - 20 - 12 - 4;

        Assert.Equal(Packet.MaxIPv4Payload - 3, _relay.FromPeer(_client.Allocation, PeerAddress, new byte[indication - 3]).Bytes.Length);
        Dropped(DropReason.TooLong, _relay.FromPeer(_client.Allocation, PeerAddress, new byte[Packet.MaxIPv4Payload]));

        _client.Bind(0x4000, Peer);
        Assert.Equal(
            Packet.MaxIPv4Payload, _relay.FromPeer(_client.Allocation, PeerAddress, new byte[Packet.MaxIPv4Payload - 4]).Bytes.Length);
        Dropped(DropReason.TooLong, _relay.FromPeer(_client.Allocation, PeerAddress, new byte[Packet.MaxIPv4Payload - 3]));
    }

    [Theory]
    [InlineData(65_501)]
    [InlineData(65_502)]
    [InlineData(65_503)]
    [InlineData(Packet.MaxIPv4Payload)]
    public void Over_a_stream_every_length_that_a_datagram_has_passes_in_both_forms(int length)
    {
        var client = _relay.Client("203.0.113.77:5000", transport: ClientTransport.Tls);
        client.Allocate();
        client.Permit("192.0.2.1");
        var payload = new byte[length];
        payload.AsSpan().Fill(0xFF);

        var indication = _relay.FromPeer(client.Allocation, PeerAddress, payload).Bytes;
        Assert.Equal(StreamFrame.Complete, StreamFraming.ReadFrame(indication, out var frame));
        Assert.Equal(indication.Length, frame);
        Assert.True(StunMessage.TryRead(indication, out var message));
        Assert.True(message.TryGet(StunAttributeType.Data, out var data));
        Assert.Equal(payload, data.ToArray());

        client.Bind(0x4000, Peer);
        var channel = _relay.FromPeer(client.Allocation, PeerAddress, payload).Bytes;
        Assert.Equal(StreamFrame.Complete, StreamFraming.ReadFrame(channel, out frame));
        Assert.Equal(channel.Length, frame);
        Assert.True(ChannelData.TryRead(channel, out var inbound));
        Assert.Equal(payload, inbound.Payload.ToArray());

        // The same two messages from a stream client.
        Assert.Equal(payload, _relay.FromClient(client.Handle, channel).Bytes);
    }

    [Fact]
    public void Traffic_is_counted_by_direction_and_reported_when_the_allocation_ends()
    {
        _client.Bind(0x4000, Peer);
        var (fromClients, toClients) = (_relay.Counters.FromClients.Bytes, _relay.Counters.ToClients.Bytes);
        _client.SendOn(0x4000, "hello"u8);
        _client.SendOn(0x4000, "you"u8);
        _relay.FromPeer(_client.Allocation, PeerAddress, "hi"u8);
        _relay.FromPeer(_client.Allocation, TransportAddress.Parse("192.0.2.9:1"), "stranger"u8);

        Assert.Equal((2, 8), (_relay.Counters.ToPeers.Packets, _relay.Counters.ToPeers.Bytes));
        Assert.Equal((2, 10), (_relay.Counters.FromPeers.Packets, _relay.Counters.FromPeers.Bytes));
        Assert.Equal((4 + 5) + (4 + 3), _relay.Counters.FromClients.Bytes - fromClients);
        Assert.Equal(4 + 2, _relay.Counters.ToClients.Bytes - toClients);
        _client.Refresh(0);
        Assert.Equal(new AllocationUsage(2, 8, 1, 2), _client.Effects.OfType<AllocationEnded>().Single().Usage);
    }

    private byte[] Indication(Attributes attributes) => _client.Build(StunClass.Indication, StunMethod.Send, attributes, Signing.None);

    private Passage Bytes(string hex) => _relay.FromClient(_client.Handle, Convert.FromHexString(hex));

    private readonly Dictionary<DropReason, long> _dropped = [];

    private void Dropped(DropReason reason, Passage passage)
    {
        _dropped[reason] = _dropped.GetValueOrDefault(reason) + 1;
        Assert.Equal(Forward.None, passage.Forward);
        Assert.Empty(_relay.Effects());
        foreach (var each in Enum.GetValues<DropReason>())
            Assert.Equal((each, _dropped.GetValueOrDefault(each)), (each, _relay.Counters.Drops(each)));
    }
}
