using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>What all responses have in common: RFC 8489 §6.3.1.1 and §9.2.4.</summary>
public class ResponseTests
{
    private readonly TestRelay _relay = new(settings => settings with { TcpAllocations = true });

    public static TheoryData<StunMethod> Methods =>
    [
        StunMethod.Binding, StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind,
        StunMethod.Connect, StunMethod.ConnectionBind,
    ];

    [Theory, MemberData(nameof(Methods))]
    public void A_response_has_the_method_and_the_transaction_id_of_its_request(StunMethod method)
    {
        var client = _relay.Client();

        foreach (var signing in new[] { Signing.None, Signing.Sha1, Signing.Sha256 })
        {
            client.Signing = signing;
            var answer = client.Request(method);
            Assert.Equal((method, client.LastTransaction), (answer.Method, answer.Transaction));
        }
    }

    [Theory]
    [InlineData(Signing.None)]
    [InlineData(Signing.Sha1)]
    internal void The_class_of_a_response_tells_success_from_error(Signing signing)
    {
        var client = _relay.Client();
        client.Signing = signing;

        Assert.Equal(
            signing == Signing.None ? StunClass.ErrorResponse : StunClass.SuccessResponse,
            client.Allocate().Class);
        client.Signing = Signing.None;
        Assert.Equal(StunClass.SuccessResponse, client.Request(StunMethod.Binding).Class);
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_response_has_a_length_that_is_a_multiple_of_four(StunMethod method)
    {
        var client = _relay.Client();

        foreach (var signing in new[] { Signing.None, Signing.Sha1, Signing.Sha256 })
        {
            client.Signing = signing;
            Assert.Equal(0, client.Request(method).Bytes.Length % 4);
        }
    }

    /// <summary>Whatever the relay's text settings are: an odd length is padded.</summary>
    [Theory]
    [InlineData("r")]
    [InlineData("re")]
    [InlineData("rea")]
    public void Padding_of_a_response_is_zero(string realm)
    {
        var client = new TestRelay(settings => settings with { Realm = realm }).Client();
        client.Allocate();

        var answer = client.Challenge();

        var at = answer.Bytes.AsSpan().IndexOf(new byte[] { 0, 0x14, 0, (byte)realm.Length });
        Assert.True(at > 0);
        Assert.Equal(new byte[4 - realm.Length], answer.Bytes[(at + 4 + realm.Length)..(at + 8)]);
    }

    [Theory, MemberData(nameof(Methods))]
    public void A_response_has_a_fingerprint_exactly_if_its_request_had_one(StunMethod method)
    {
        var client = _relay.Client();
        Assert.DoesNotContain(StunAttributeType.Fingerprint, client.Request(method).Types);

        client.UsesFingerprint = true;
        Assert.Equal(StunAttributeType.Fingerprint, client.Request(method).Types.Last());
    }

    [Fact]
    public void An_error_after_authentication_is_signed_as_its_request_was()
    {
        foreach (var signing in new[] { Signing.Sha1, Signing.Sha256 })
        {
            var client = _relay.Client(signing == Signing.Sha1 ? "203.0.113.7:1" : "203.0.113.7:2");
            client.Signing = signing;

            Signed(StunErrorCode.AllocationMismatch, client.Request(StunMethod.Refresh));
            Signed(StunErrorCode.BadRequest, client.Request(StunMethod.Allocate));
            Signed(
                StunErrorCode.UnsupportedTransportProtocol,
                client.Request(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 1u << 24)));
            Signed(
                StunErrorCode.AddressFamilyNotSupported,
                client.Allocate((ref StunWriter m) => m.Add(StunAttributeType.RequestedAddressFamily, 9u << 24)));
            client.Allocate().AssertSuccess();
            Signed(StunErrorCode.AllocationMismatch, client.Allocate());
            Signed(StunErrorCode.Forbidden, client.Permit("10.0.0.6"));
            Signed(StunErrorCode.PeerAddressFamilyMismatch, client.Permit("2001:db8::1"));

            void Signed(StunErrorCode error, Answer answer)
            {
                answer.AssertError(error);
                Assert.True(answer.IsSignedWith(client.Key, signing == Signing.Sha256));
            }
        }
    }

    [Fact]
    public void The_sha256_integrity_of_a_response_is_not_truncated()
    {
        var client = _relay.Client();
        client.Signing = Signing.Sha256;

        Assert.Equal(32, client.Allocate()[StunAttributeType.MessageIntegritySha256].Length);
    }

    /// <summary>A client of SHA-256 that chose no password algorithm, and so has the key of MD5.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sha256_integrity_with_the_key_of_MD5_is_answered_with_sha256_whatever_stands_beside_it(bool wrongSha1)
    {
        var client = _relay.Client();
        client.Challenge();

        var answer = client.SendRequest(client.Build(StunClass.Request, StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            m.Add(StunAttributeType.Username, client.Credentials.Username);
            m.Add(StunAttributeType.Realm, client.Realm);
            m.Add(StunAttributeType.Nonce, client.Nonce);
            if (wrongSha1) m.AddIntegrity(StunIntegrity.Sha1, new byte[16]);
            m.AddIntegrity(StunIntegrity.Sha256, client.Key);
        }, Signing.None))!;

        answer.AssertSuccess();
        Assert.True(answer.IsSignedWith(client.Key, sha256: true));
        Assert.DoesNotContain(StunAttributeType.MessageIntegrity, answer.Types);
    }

    [Theory, MemberData(nameof(Methods))]
    public void An_indication_of_a_request_method_has_no_response_and_no_effect(StunMethod method)
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();

        foreach (var signing in new[] { Signing.None, Signing.Sha1 })
        {
            Assert.Null(client.SendRequest(client.Build(StunClass.Indication, method, null, signing)));
            Assert.Empty(client.Effects);
        }

        client.Refresh().AssertSuccess();
    }

    [Theory]
    [InlineData(StunClass.SuccessResponse)]
    [InlineData(StunClass.ErrorResponse)]
    public void A_response_that_answers_no_request_is_dropped(StunClass @class)
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();

        foreach (var method in Methods)
            Assert.Null(client.SendRequest(client.Build(@class, method)));
        Assert.Equal(Methods.Count, _relay.Counters.Drops(DropReason.Unexpected));
    }

    [Theory]
    [InlineData(0x000)]
    [InlineData(0x002)]
    [InlineData(0x005)]
    [InlineData(0x006)]
    [InlineData(0x007)]
    [InlineData(0x00C)]
    [InlineData(0xFFF)]
    public void A_request_of_a_method_that_is_not_served_is_dropped(int method)
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();

        Assert.Null(client.SendRequest(client.Build(StunClass.Request, (StunMethod)method)));
        Assert.Equal(1, _relay.Counters.Drops(DropReason.Unexpected));
    }

    [Fact]
    public void A_bad_request_is_answered_with_neither_realm_nor_nonce()
    {
        var answer = _relay.Client().Request(StunMethod.Allocate);

        answer.AssertError(StunErrorCode.BadRequest);
        Assert.Equal([StunAttributeType.ErrorCode, StunAttributeType.MessageIntegrity], answer.Types);
    }

    [Fact]
    public void Every_challenge_brings_a_nonce_that_serves()
    {
        var client = _relay.Client();
        client.Challenge();
        client.Challenge();

        client.Allocate().AssertSuccess();
    }

    [Fact]
    public void A_retransmitted_request_to_an_allocation_is_answered_alike()
    {
        var client = _relay.Client();
        client.Allocate();

        foreach (var send in new Func<Answer>[]
        {
            () => client.Permit("192.0.2.1"), () => client.Bind(0x4000, "192.0.2.1:9"), () => client.Refresh(900),
        })
        {
            var answer = send();
            answer.AssertSuccess();
            Assert.Equal(answer.Bytes, client.SendRequest(client.LastRequest)!.Bytes);
        }
    }

    /// <summary>Over a stream too: a client reads every response as a whole message.</summary>
    [Theory]
    [InlineData(ClientTransport.Udp)]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public void A_response_is_one_message_that_goes_to_the_sender_of_its_request(ClientTransport transport)
    {
        var client = _relay.Client(transport: transport);
        client.Allocate();

        client.Permit("192.0.2.1");

        var sent = Assert.IsType<SendToClient>(Assert.Single(client.Effects));
        Assert.Equal(client.Handle, sent.Client);
        Assert.Equal(StreamFrame.Complete, StreamFraming.ReadFrame(sent.Message.Span, out var length));
        Assert.Equal(sent.Message.Length, length);
    }
}
