using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;
using static Causeway.Turn.Protocol.Stun.StunAttributeType;

namespace Causeway.Protocol.Tests.Stun;

// Messages captured from real programs: each file in tests/vectors says which program, and how it was captured.
public class CapturedMessageTests
{
    private const string Secret = "a secret for vectors";

    private static readonly StunAttributeType[] CredentialsOfChromium = [Username, Realm, Nonce, MessageIntegrity];
    private static readonly StunAttributeType[] CredentialsOfUclient = [Username, Nonce, Realm, MessageIntegrity, Fingerprint];

    public static TheoryData<string, StunClass, StunMethod, StunAttributeType[]> Messages => new()
    {
        { "chromium-binding.hex", StunClass.Request, StunMethod.Binding, [] },
        { "chromium-allocate.hex", StunClass.Request, StunMethod.Allocate, [RequestedTransport] },
        { "chromium-allocate-authenticated.hex", StunClass.Request, StunMethod.Allocate, [RequestedTransport, .. CredentialsOfChromium] },
        { "chromium-create-permission.hex", StunClass.Request, StunMethod.CreatePermission, [XorPeerAddress, .. CredentialsOfChromium] },
        { "chromium-send.hex", StunClass.Indication, StunMethod.Send, [XorPeerAddress, Data] },
        {
            "chromium-channel-bind.hex", StunClass.Request, StunMethod.ChannelBind,
            [ChannelNumber, XorPeerAddress, .. CredentialsOfChromium]
        },
        { "chromium-refresh.hex", StunClass.Request, StunMethod.Refresh, [Lifetime, .. CredentialsOfChromium] },
        { "uclient-allocate.hex", StunClass.Request, StunMethod.Allocate, [RequestedTransport, Lifetime, EvenPort, Fingerprint] },
        {
            "uclient-allocate-even-port.hex", StunClass.Request, StunMethod.Allocate,
            [RequestedTransport, Lifetime, EvenPort, .. CredentialsOfUclient]
        },
        {
            "uclient-allocate-reservation.hex", StunClass.Request, StunMethod.Allocate,
            [RequestedTransport, Lifetime, ReservationToken, .. CredentialsOfUclient]
        },
        { "uclient-refresh.hex", StunClass.Request, StunMethod.Refresh, [Lifetime, .. CredentialsOfUclient] },
        { "uclient-create-permission.hex", StunClass.Request, StunMethod.CreatePermission, [XorPeerAddress, .. CredentialsOfUclient] },
        { "uclient-channel-bind.hex", StunClass.Request, StunMethod.ChannelBind, [ChannelNumber, XorPeerAddress, .. CredentialsOfUclient] },
        { "uclient-send.hex", StunClass.Indication, StunMethod.Send, [Data, XorPeerAddress, Fingerprint] },
        {
            "turnserver-binding-success.hex", StunClass.SuccessResponse, StunMethod.Binding,
            [XorMappedAddress, MappedAddress, (StunAttributeType)0x802B, (StunAttributeType)0x802C, Software]
        },
        { "turnserver-allocate-unauthenticated.hex", StunClass.ErrorResponse, StunMethod.Allocate, [ErrorCode, Nonce, Realm, Software] },
        {
            "turnserver-allocate-success.hex", StunClass.SuccessResponse, StunMethod.Allocate,
            [XorRelayedAddress, XorMappedAddress, Lifetime, Software, MessageIntegrity]
        },
        {
            "turnserver-create-permission-success.hex", StunClass.SuccessResponse, StunMethod.CreatePermission,
            [Software, MessageIntegrity]
        },
        { "turnserver-data.hex", StunClass.Indication, StunMethod.Data, [Data, XorPeerAddress, Software] },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_captured_message_is_read(string file, StunClass @class, StunMethod method, StunAttributeType[] attributes)
    {
        Assert.True(StunMessage.TryRead(Vector.Read(file), out var message));

        Assert.Equal((@class, method), (message.Class, message.Method));
        var types = new List<StunAttributeType>();
        foreach (var attribute in message) types.Add(attribute.Type);
        Assert.Equal(attributes, types);
        Assert.True(StunFingerprint.IsAbsentOrRight(message));
    }

    // The captured programs derived their key from the same credential that our code mints.
    [Theory]
    [InlineData("chromium-allocate-authenticated.hex")]
    [InlineData("chromium-create-permission.hex")]
    [InlineData("chromium-channel-bind.hex")]
    [InlineData("chromium-refresh.hex")]
    [InlineData("uclient-allocate-even-port.hex")]
    [InlineData("uclient-allocate-reservation.hex")]
    [InlineData("uclient-refresh.hex")]
    [InlineData("uclient-create-permission.hex")]
    [InlineData("uclient-channel-bind.hex")]
    public void A_captured_request_is_signed_with_a_credential_of_ours(string file)
    {
        Assert.True(StunMessage.TryRead(Vector.Read(file), out var message));
        Assert.True(message.TryGet(Username, out var username));
        Assert.True(message.TryGet(Realm, out var realm));
        Assert.True(Credentials.TryReadUsername(username, out var expiry, out var subject));

        Assert.Equal(Key, KeyOf(Credentials.Mint(Secret, Encoding.UTF8.GetString(subject), expiry), Encoding.UTF8.GetString(realm)));
        Assert.True(StunIntegrity.Sha1.Verify(message, Key));
        var other = Credentials.Mint("another secret", Encoding.UTF8.GetString(subject), expiry);
        Assert.False(StunIntegrity.Sha1.Verify(message, KeyOf(other, "causeway.example")));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_captured_message_is_written_again_byte_for_byte(
        string file, StunClass @class, StunMethod method, StunAttributeType[] attributes)
    {
        var captured = Vector.Read(file);
        Assert.True(StunMessage.TryRead(captured, out var message));

        var buffer = new byte[captured.Length];
        var writer = new StunWriter(buffer, @class, method, message.TransactionId);
        foreach (var type in attributes)
        {
            Assert.True(message.TryGet(type, out var value));
            Assert.True(type switch
            {
                MessageIntegrity => writer.AddIntegrity(StunIntegrity.Sha1, Key),
                Fingerprint => writer.AddFingerprint(),
                XorMappedAddress or XorPeerAddress or XorRelayedAddress => message.TryGetXorAddress(
                    type, out var address) && writer.AddXorAddress(type, address),
                Lifetime or ChannelNumber => message.TryGetUInt32(type, out var number) && writer.Add(type, number),
                _ => writer.Add(type, value),
            });
        }

        Assert.True(writer.TryFinish(out _));
        Assert.Equal(captured, buffer);
    }

    [Fact]
    public void A_captured_error_response_names_its_error()
    {
        Assert.True(StunMessage.TryRead(Vector.Read("turnserver-allocate-unauthenticated.hex"), out var message));
        Assert.True(message.TryGetError(out var code, out var reason));
        Assert.Equal((StunErrorCode.Unauthenticated, "Unauthorized"), (code, reason));  // the phrase of RFC 5389
    }

    [Fact]
    public void A_captured_allocation_has_its_addresses()
    {
        Assert.True(StunMessage.TryRead(Vector.Read("turnserver-allocate-success.hex"), out var message));
        Assert.True(message.TryGetXorAddress(XorRelayedAddress, out var relayed));
        Assert.True(message.TryGetXorAddress(XorMappedAddress, out var mapped));
        Assert.True(message.TryGetUInt32(Lifetime, out var lifetime));

        Assert.Equal(IpAddress.Parse("192.0.2.10"), relayed.Ip);
        Assert.InRange(relayed.Port, 50_000, 50_999);  // the range that the server was given
        Assert.Equal(TransportAddress.Parse("192.0.2.10:43943"), mapped);
        Assert.Equal(600u, lifetime);
    }

    [Theory]
    [InlineData("chromium-channel-data.hex", 66)]
    [InlineData("uclient-channel-data.hex", 100)]
    public void Captured_channel_data_is_read_and_not_padded_over_udp(string file, int length)
    {
        var captured = Vector.Read(file);
        Assert.True(ChannelData.IsMatch(captured));
        Assert.True(ChannelData.TryRead(captured, out var message));

        Assert.Equal(length, message.Payload.Length);
        Assert.Equal(ChannelData.HeaderLength + length, captured.Length);
        var header = new byte[ChannelData.HeaderLength];
        ChannelData.WriteHeader(header, message.Channel, message.Payload.Length);
        Assert.Equal(captured[..ChannelData.HeaderLength], header);
    }

    private static byte[] Key => KeyOf(Credentials.Mint(Secret, "vector", 2_000_000_000), "causeway.example");

    private static byte[] KeyOf(Credentials credentials, string realm) =>
        Turn.Protocol.Stun.PasswordAlgorithm.Md5.Key(credentials.Username, realm, credentials.Password);
}
