using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Stun;

public class StunWriterTests
{
    private static readonly byte[] Key = "0123456789abcdef"u8.ToArray();

    [Fact]
    public void A_buffer_that_is_too_small_by_any_number_of_bytes_fails_and_is_not_overrun()
    {
        Assert.True(WriteAll(new byte[1000], out var needed));
        for (var room = 0; room < needed; room++)
        {
            var buffer = new byte[needed + 8];
            Array.Fill(buffer, (byte)0xEE);

            Assert.False(WriteAll(buffer.AsSpan(0, room), out var length));
            Assert.Equal(0, length);
            Assert.DoesNotContain(buffer[room..], b => b != 0xEE);
        }

        Assert.True(WriteAll(new byte[needed], out _));
    }

    [Fact]
    public void After_a_failure_nothing_is_added()
    {
        var writer = new StunWriter(new byte[40], StunClass.Request, StunMethod.Binding, default);
        Assert.False(writer.Add(StunAttributeType.Data, new byte[17]));
        Assert.False(writer.Add(StunAttributeType.Lifetime, 1u));
        Assert.False(writer.TryFinish(out _));
    }

    [Theory]
    [InlineData(65_536)]
    [InlineData(70_000)]
    public void A_value_that_exceeds_the_length_field_is_refused(int length)
    {
        var writer = new StunWriter(new byte[100_000], StunClass.Indication, StunMethod.Data, default);
        Assert.False(writer.Add(StunAttributeType.Data, new byte[length]));
    }

    [Fact]
    public void A_message_that_exceeds_the_length_field_is_refused()
    {
        var writer = new StunWriter(new byte[200_000], StunClass.Indication, StunMethod.Data, default);
        Assert.True(writer.Add(StunAttributeType.Data, new byte[60_000]));
        Assert.False(writer.Add(StunAttributeType.Software, new byte[10_000]));
    }

    [Fact]
    public void Padding_is_zero_whatever_the_buffer_held() => Gen.Byte.Array[0, 20].Sample(value =>
    {
        var buffer = new byte[64];
        Array.Fill(buffer, (byte)0xEE);
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, default);
        writer.Add(StunAttributeType.Software, value);

        Assert.True(writer.TryFinish(out var length));
        Assert.Equal(24 + StunConstants.Padded(value.Length), length);
        Assert.DoesNotContain(buffer[(24 + value.Length)..length], b => b != 0);
    });

    private static bool WriteAll(Span<byte> buffer, out int length)
    {
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Allocate, new(1, 2));
        writer.AddError(StunErrorCode.UnknownAttribute);
        writer.AddUnknownAttributes([(StunAttributeType)0x7FFF]);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, TransportAddress.Parse("192.0.2.1:1"));
        writer.AddXorAddress(StunAttributeType.XorRelayedAddress, TransportAddress.Parse("[2001:db8::1]:1"));
        writer.Add(StunAttributeType.Software, "Causeway");
        writer.Add(StunAttributeType.Lifetime, 600u);
        writer.Add(StunAttributeType.Data, new byte[5]);
        writer.AddIntegrity(StunIntegrity.Sha1, Key);
        writer.AddIntegrity(StunIntegrity.Sha256, Key);
        writer.AddFingerprint();
        return writer.TryFinish(out length);
    }
}
