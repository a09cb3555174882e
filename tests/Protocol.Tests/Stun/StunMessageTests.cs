using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Stun;

public class StunMessageTests
{
    private static readonly TransactionId Transaction = new(0x0102030405060708, 0x090a0b0c);

    private static readonly Gen<(StunClass Class, StunMethod Method)> Types =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 0xFFF]).Select(t => ((StunClass)t.Item1, (StunMethod)t.Item2));

    // Any type except the three that affect the attributes after them.
    private static readonly Gen<(StunAttributeType Type, byte[] Value)> Attributes = Gen
        .Select(Gen.UShort, Gen.Byte.Array[0, 50])
        .Select(a => (Type: (StunAttributeType)a.Item1, Value: a.Item2))
        .Where(a => a.Type is not StunAttributeType.MessageIntegrity
            and not StunAttributeType.MessageIntegritySha256
            and not StunAttributeType.Fingerprint);

    [Fact]
    public void A_written_value_is_read_back() =>
        Gen.Select(Types, Gen.ULong, Gen.UInt, Attributes.Array[0, 10]).Sample((type, high, low, attributes) =>
    {
        var bytes = Write(type.Class, type.Method, new(high, low), attributes);

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal((type.Class, type.Method, new TransactionId(high, low)), (message.Class, message.Method, message.TransactionId));
        var i = 0;
        foreach (var attribute in message)
        {
            Assert.Equal(attributes[i].Type, attribute.Type);
            Assert.Equal(attributes[i++].Value, attribute.Value.ToArray());
        }

        Assert.Equal(attributes.Length, i);
    });

    [Theory]
    [InlineData(StunClass.Request, StunMethod.Binding, 0x0001)]
    [InlineData(StunClass.Indication, StunMethod.Binding, 0x0011)]
    [InlineData(StunClass.SuccessResponse, StunMethod.Binding, 0x0101)]
    [InlineData(StunClass.ErrorResponse, StunMethod.Binding, 0x0111)]
    [InlineData(StunClass.Request, StunMethod.Allocate, 0x0003)]
    [InlineData(StunClass.SuccessResponse, StunMethod.ChannelBind, 0x0109)]
    [InlineData(StunClass.Indication, StunMethod.Data, 0x0017)]
    [InlineData(StunClass.ErrorResponse, (StunMethod)0xFFF, 0x3FFF)]
    public void Class_and_method_are_interleaved_in_the_type_field(StunClass @class, StunMethod method, int type) =>
        Assert.Equal(type, StunWriter.MessageType(@class, method));

    [Fact]
    public void Any_bytes_are_read_or_refused_and_nothing_is_thrown() => Gen.Byte.Array[0, 200].Sample(ReadEverything);

    // Random bytes after a correct header, so that the attributes are random.
    [Fact]
    public void Any_attributes_are_read_or_refused_and_nothing_is_thrown() => Gen.Byte.Array[0, 300].Sample(bytes =>
        ReadEverything([.. Header((ushort)bytes.Length), .. bytes]));

    [Fact]
    public void A_message_cut_short_anywhere_is_refused()
    {
        foreach (var name in Vector.Names.Where(name => !name.Contains("channel-data", StringComparison.Ordinal)))
        {
            var bytes = Vector.Read(name);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(StunMessage.TryRead(bytes.AsSpan(0, length), out _));
                if (length < 4) continue;

                // The same with a matching header: refused, or read up to a whole attribute.
                var cut = bytes[..length];
                (cut[2], cut[3]) = ((byte)((length - 20) >> 8), (byte)(length - 20));
                ReadEverything(cut);
            }
        }
    }

    [Fact]
    public void A_message_with_bytes_behind_it_is_refused() =>
        Assert.False(StunMessage.TryRead([.. Vector.Read("rfc5769-2.1-request.hex"), 0, 0, 0, 0], out _));

    [Theory]
    [InlineData("4001 0000 2112a442 000000000000000000000000", "the first two bits are not zero")]
    [InlineData("0001 0000 2112a443 000000000000000000000000", "the cookie is another")]
    [InlineData("0001 0001 2112a442 000000000000000000000000 00", "the length is not a multiple of four")]
    [InlineData("0001 0004 2112a442 000000000000000000000000", "the length is more than there is")]
    [InlineData("0001 0000 2112a442 000000000000000000000000 80220000", "the length is less than there is")]
    [InlineData("0001 0004 2112a442 000000000000000000000000 80220001", "an attribute ends behind the message")]
    [InlineData("0001 0004 2112a442 000000000000000000000000 8022ffff", "an attribute ends far behind the message")]
    [InlineData("0001 0008 2112a442 000000000000000000000000 80220005 00000000", "an attribute's padding ends behind the message")]
    public void A_malformed_message_is_refused(string hex, string because) =>
        Assert.False(StunMessage.TryRead(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _), because);

    [Fact]
    public void The_largest_message_is_read()
    {
        var bytes = new byte[20 + 65_532];
        Header(65_532).CopyTo(bytes, 0);
        for (var at = 20; at < bytes.Length; at += 4) bytes[at] = 0x80;  // 16,383 empty attributes of type 0x8000

        Assert.True(StunMessage.TryRead(bytes, out var message));
        var count = 0;
        foreach (var _ in message) count++;
        Assert.Equal(16_383, count);
    }

    [Fact]
    public void Of_two_attributes_of_a_type_the_first_one_counts()
    {
        var bytes = Write(
            StunClass.Request,
            StunMethod.Refresh,
            Transaction,
            [(StunAttributeType.Lifetime, [0, 0, 0, 1]), (StunAttributeType.Lifetime, [0, 0, 0, 2])]);

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.True(message.TryGetUInt32(StunAttributeType.Lifetime, out var lifetime));
        Assert.Equal(1u, lifetime);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_number_of_another_length_than_four_is_not_read(int length)
    {
        var bytes = Write(StunClass.Request, StunMethod.Refresh, Transaction, [(StunAttributeType.Lifetime, new byte[length])]);

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.True(message.Has(StunAttributeType.Lifetime));
        Assert.False(message.TryGetUInt32(StunAttributeType.Lifetime, out _));
    }

    [Fact]
    public void Unknown_comprehension_required_attributes_are_listed_once_and_in_order()
    {
        var bytes = Write(StunClass.Request, StunMethod.Binding, Transaction,
        [
            ((StunAttributeType)0x7FFF, []), (
                StunAttributeType.Username,
                []), ((StunAttributeType)0x8FFF, []), ((StunAttributeType)0x0002, []), ((StunAttributeType)0x7FFF, []),
        ]);
        Assert.True(StunMessage.TryRead(bytes, out var message));

        Span<StunAttributeType> unknown = stackalloc StunAttributeType[8];
        Assert.Equal(2, message.FindUnknown([StunAttributeType.Username], unknown));
        Assert.Equal([(StunAttributeType)0x7FFF, (StunAttributeType)0x0002], unknown[..2].ToArray());
    }

    [Theory]
    [InlineData(17)]
    [InlineData(2043)]
    public void Unknown_attributes_are_all_listed_or_it_throws(int count)
    {
        StunAttributeType[] types = [.. Enumerable.Range(0, count).Select(i => (StunAttributeType)(0x7FFF - i))];
        var bytes = Write(StunClass.Request, StunMethod.Binding, Transaction, [.. types.Select(type => (type, Array.Empty<byte>()))]);
        Assert.True(StunMessage.TryRead(bytes, out var message));

        var unknown = new StunAttributeType[message.MaxAttributes];
        Assert.Equal(count, message.FindUnknown([], unknown));
        Assert.Equal(types, unknown);
        var tooFew = new StunAttributeType[count - 1];
        var thrown = false;
        try
        {
            message.FindUnknown([], tooFew);
        }
        catch (ArgumentException)
        {
            thrown = true;
        }

        Assert.True(thrown);
    }

    [Fact]
    public void Unknown_attributes_are_written_as_16_bit_numbers()
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Binding, Transaction);
        writer.AddError(StunErrorCode.UnknownAttribute);
        writer.AddUnknownAttributes([(StunAttributeType)0x7FFF, (StunAttributeType)0x0002, (StunAttributeType)0x0003]);

        Assert.True(writer.TryFinish(out var length));
        Assert.True(StunMessage.TryRead(buffer.AsSpan(0, length), out var message));
        Assert.True(message.TryGet(StunAttributeType.UnknownAttributes, out var value));
        Assert.Equal("7fff00020003", Convert.ToHexStringLower(value));
    }

    [Theory]
    [InlineData("0000 0401", true)]   // 401 without a phrase
    [InlineData("ffff fc01 41", true)] // the reserved bits do not count
    [InlineData("0000 0363", true)]   // 399
    [InlineData("0000 0263", false)]  // 299
    [InlineData("0000 0700", false)]  // 700
    [InlineData("0000 0464", false)]  // 4 and 100
    [InlineData("0000 04", false)]
    [InlineData("", false)]
    [InlineData("0000 0401 c3 28", true)] // a phrase that isn't UTF-8
    public void An_error_code_is_three_to_six_hundreds_and_up_to_99(string hex, bool read)
    {
        var value = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var bytes = Write(StunClass.ErrorResponse, StunMethod.Binding, Transaction, [(StunAttributeType.ErrorCode, value)]);

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal(read, message.TryGetError(out _, out _));
    }

    [Fact]
    public void Every_error_code_is_written_with_a_phrase_and_read_back()
    {
        foreach (var expected in Enum.GetValues<StunErrorCode>())
        {
            var buffer = new byte[100];
            var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Allocate, Transaction);
            Assert.True(writer.AddError(expected));
            Assert.True(writer.TryFinish(out var length));

            Assert.True(StunMessage.TryRead(buffer.AsSpan(0, length), out var message));
            Assert.True(message.TryGetError(out var code, out var reason));
            Assert.Equal(expected, code);
            Assert.NotEmpty(reason);
        }
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var bytes = Vector.Read("uclient-send.hex");
        ReadSend(bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ReadSend(bytes);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void ReadSend(byte[] bytes)
        {
            StunMessage.TryRead(bytes, out var message);
            message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out _);
            message.TryGet(StunAttributeType.Data, out _);
            StunFingerprint.IsAbsentOrRight(message);
        }
    }

    private static void ReadEverything(byte[] bytes)
    {
        if (ChannelData.TryRead(bytes, out var data)) Assert.True(data.Payload.Length <= bytes.Length - ChannelData.HeaderLength);
        if (!StunMessage.TryRead(bytes, out var message)) return;

        foreach (var attribute in message)
        {
            Assert.True(attribute.Offset + StunConstants.AttributeHeaderLength + attribute.Value.Length <= bytes.Length);
            StunAddress.TryRead(attribute.Value, out _);
            PasswordAlgorithm.TryRead(attribute.Value, out _);
            message.TryGetXorAddress(attribute.Type, out _);
            message.TryGetUInt32(attribute.Type, out _);
        }

        message.TryGetError(out _, out _);
        message.FindUnknown([], new StunAttributeType[message.MaxAttributes]);
        StunFingerprint.IsAbsentOrRight(message);
        StunIntegrity.Sha1.Verify(message, bytes);
        StunIntegrity.Sha256.Verify(message, bytes);
    }

    private static byte[] Header(ushort length) =>
        [0x00, 0x01, (byte)(length >> 8), (byte)length, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    private static byte[] Write(
        StunClass @class, StunMethod method, TransactionId transaction, (StunAttributeType Type, byte[] Value)[] attributes)
    {
        var buffer = new byte[StunConstants.MaxRequestLength];
        var writer = new StunWriter(buffer, @class, method, transaction);
        foreach (var (type, value) in attributes) Assert.True(writer.Add(type, value));
        Assert.True(writer.TryFinish(out var length));
        return buffer[..length];
    }
}
