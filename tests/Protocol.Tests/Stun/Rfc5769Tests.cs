using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Stun;

// Every vector is read, and written again byte for byte. The RFC pads three of its messages with spaces, which the writer does not (RFC
// 8489 §14 wants zeros); there the test puts the spaces into the buffer between the writer's steps, before integrity and fingerprint are
// computed over them.
public class Rfc5769Tests
{
    private static readonly byte[] ShortTermKey = "VOkJxbRl1RmTxUk/WvJxBt"u8.ToArray();
    private static readonly TransactionId Transaction = new(0xb7e7a701bc34d686, 0xfa87dfae);

    private const StunAttributeType IceControlled = (StunAttributeType)0x8029;

    [Fact]
    public void The_request_is_read()
    {
        Assert.True(StunMessage.TryRead(Vector.Read("rfc5769-2.1-request.hex"), out var message));

        Assert.Equal((StunClass.Request, StunMethod.Binding, Transaction), (message.Class, message.Method, message.TransactionId));
        Assert.Equal("STUN test client", Text(message, StunAttributeType.Software));
        Assert.True(message.TryGetUInt32(StunAttributeType.Priority, out var priority));
        Assert.Equal(0x6e0001ffu, priority);
        Assert.True(message.TryGet(IceControlled, out var tieBreaker));
        Assert.Equal("932ff9b151263b36", Convert.ToHexStringLower(tieBreaker));
        Assert.Equal("evtj:h6vY", Text(message, StunAttributeType.Username));
        Assert.True(StunIntegrity.Sha1.Verify(message, ShortTermKey));
        Assert.True(StunFingerprint.IsAbsentOrRight(message));
    }

    [Fact]
    public void The_request_is_written()
    {
        var buffer = new byte[108];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Transaction);
        writer.Add(StunAttributeType.Software, "STUN test client");
        writer.Add(StunAttributeType.Priority, 0x6e0001ffu);
        writer.Add(IceControlled, Convert.FromHexString("932ff9b151263b36"));
        writer.Add(StunAttributeType.Username, "evtj:h6vY");
        PadWithSpaces(writer, buffer, 3);
        writer.AddIntegrity(StunIntegrity.Sha1, ShortTermKey);
        writer.AddFingerprint();

        Assert.True(writer.TryFinish(out var length));
        Assert.Equal(Vector.Read("rfc5769-2.1-request.hex"), buffer[..length]);
    }

    [Theory]
    [InlineData("rfc5769-2.2-response-ipv4.hex", "192.0.2.1:32853")]
    [InlineData("rfc5769-2.3-response-ipv6.hex", "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    public void The_responses_are_read(string vector, string mapped)
    {
        Assert.True(StunMessage.TryRead(Vector.Read(vector), out var message));

        Assert.Equal((StunClass.SuccessResponse, StunMethod.Binding, Transaction), (message.Class, message.Method, message.TransactionId));
        Assert.Equal("test vector", Text(message, StunAttributeType.Software));
        Assert.True(message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var address));
        Assert.Equal(TransportAddress.Parse(mapped), address);
        Assert.True(StunIntegrity.Sha1.Verify(message, ShortTermKey));
        Assert.True(StunFingerprint.IsAbsentOrRight(message));
    }

    [Theory]
    [InlineData("rfc5769-2.2-response-ipv4.hex", "192.0.2.1:32853")]
    [InlineData("rfc5769-2.3-response-ipv6.hex", "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    public void The_responses_are_written(string vector, string mapped)
    {
        var buffer = new byte[92];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, Transaction);
        writer.Add(StunAttributeType.Software, "test vector");
        PadWithSpaces(writer, buffer, 1);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, TransportAddress.Parse(mapped));
        writer.AddIntegrity(StunIntegrity.Sha1, ShortTermKey);
        writer.AddFingerprint();

        Assert.True(writer.TryFinish(out var length));
        Assert.Equal(Vector.Read(vector), buffer[..length]);
    }

    [Fact]
    public void The_request_with_a_long_term_credential_is_read()
    {
        Assert.True(StunMessage.TryRead(Vector.Read("rfc5769-2.4-long-term.hex"), out var message));

        Assert.Equal("マトリックス", Text(message, StunAttributeType.Username));
        Assert.Equal("f//499k954d6OL34oL9FSTvy64sA", Text(message, StunAttributeType.Nonce));
        Assert.Equal("example.org", Text(message, StunAttributeType.Realm));
        Assert.True(StunIntegrity.Sha1.Verify(message, LongTermKeyOf(PasswordAlgorithm.Md5)));
        Assert.False(message.Has(StunAttributeType.Fingerprint));
        Assert.True(StunFingerprint.IsAbsentOrRight(message));
    }

    [Fact]
    public void The_request_with_a_long_term_credential_is_written()
    {
        var buffer = new byte[116];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new(0x78ad3433c6ad72c0, 0x29da412e));
        writer.Add(StunAttributeType.Username, "マトリックス");
        writer.Add(StunAttributeType.Nonce, "f//499k954d6OL34oL9FSTvy64sA");
        writer.Add(StunAttributeType.Realm, "example.org");
        writer.AddIntegrity(StunIntegrity.Sha1, LongTermKeyOf(PasswordAlgorithm.Md5));

        Assert.True(writer.TryFinish(out var length));
        Assert.Equal(Vector.Read("rfc5769-2.4-long-term.hex"), buffer[..length]);
    }

    private static void PadWithSpaces(StunWriter writer, byte[] buffer, int count)
    {
        Assert.True(writer.TryFinish(out var length));
        buffer.AsSpan(length - count, count).Fill(0x20);
    }

    internal static byte[] LongTermKeyOf(PasswordAlgorithm algorithm) => algorithm.Key("マトリックス", "example.org", "TheMatrIX");

    internal static string Text(in StunMessage message, StunAttributeType type)
    {
        Assert.True(message.TryGet(type, out var value));
        return Encoding.UTF8.GetString(value);
    }
}
