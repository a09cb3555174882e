using System.Buffers.Binary;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Stun;

public class StunIntegrityTests
{
    private static readonly byte[] Key = "0123456789abcdef"u8.ToArray();

    private delegate void Steps(ref StunWriter writer);

    [Fact]
    public void Any_flipped_bit_breaks_integrity() => EachFlippedBit(
        Write((ref w) => { w.Add(StunAttributeType.Username, "a user"); w.AddIntegrity(StunIntegrity.Sha1, Key); }),
        bytes => StunMessage.TryRead(bytes, out var message) && StunIntegrity.Sha1.Verify(message, Key),
        paddingAt: 30);

    [Fact]
    public void Any_flipped_bit_breaks_sha256_integrity() => EachFlippedBit(
        Write((ref w) => { w.Add(StunAttributeType.Username, "a user"); w.AddIntegrity(StunIntegrity.Sha256, Key); }),
        bytes => StunMessage.TryRead(bytes, out var message) && StunIntegrity.Sha256.Verify(message, Key),
        paddingAt: 30);

    [Fact]
    public void Any_flipped_bit_breaks_the_fingerprint()
    {
        var bytes = Write((ref w) => { w.Add(StunAttributeType.Username, "a user"); w.AddFingerprint(); });
        Assert.True(StunMessage.TryRead(bytes, out var whole) && StunFingerprint.IsAbsentOrRight(whole));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            // A flip may hide the attribute: in its type, or in the length of the previous one. If it is found, it is wrong.
            var passes = StunMessage.TryRead(bytes, out var message) && message.Has(
                StunAttributeType.Fingerprint) && StunFingerprint.IsAbsentOrRight(message);
            Assert.False(passes, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Another_key_does_not_fit() => Gen.Byte.Array[0, 80].Sample(key =>
    {
        StunMessage.TryRead(
            Write((ref w) => { w.AddIntegrity(StunIntegrity.Sha1, Key); w.AddIntegrity(StunIntegrity.Sha256, Key); }), out var message);
        var same = Key.AsSpan().SequenceEqual(key.AsSpan().TrimEnd((byte)0));  // an HMAC key is filled up with zeros
        Assert.Equal(same, StunIntegrity.Sha1.Verify(message, key));
        Assert.Equal(same, StunIntegrity.Sha256.Verify(message, key));
    });

    [Fact]
    public void A_message_without_integrity_is_never_authentic()
    {
        Assert.True(StunMessage.TryRead(Write((ref w) => w.Add(StunAttributeType.Username, "a user")), out var message));
        Assert.False(StunIntegrity.Sha1.Verify(message, Key));
        Assert.False(StunIntegrity.Sha256.Verify(message, Key));
    }

    [Fact]
    public void Both_integrities_and_a_fingerprint_are_right_together()
    {
        var bytes = Write(
            (ref w) => { w.AddIntegrity(StunIntegrity.Sha1, Key); w.AddIntegrity(StunIntegrity.Sha256, Key); w.AddFingerprint(); });

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.True(StunIntegrity.Sha1.Verify(message, Key));
        Assert.True(StunIntegrity.Sha256.Verify(message, Key));
        Assert.True(StunFingerprint.IsAbsentOrRight(message));
    }

    [Fact]
    public void Attributes_appended_after_integrity_are_ignored()
    {
        var bytes = Write((ref w) =>
        {
            w.AddIntegrity(StunIntegrity.Sha1, Key);
            w.Add(StunAttributeType.Lifetime, 1u);
            w.Add((StunAttributeType)0x7FFF, "unknown"u8);
            w.AddIntegrity(StunIntegrity.Sha256, Key);
            w.Add(StunAttributeType.Realm, "late");
            w.AddIntegrity(StunIntegrity.Sha1, "another key"u8);
            w.AddFingerprint();
        });

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal(
            [StunAttributeType.MessageIntegrity, StunAttributeType.MessageIntegritySha256, StunAttributeType.Fingerprint],
            TypesOf(message));
        Assert.False(message.Has(StunAttributeType.Lifetime));
        Assert.Equal(
            0,
            message.FindUnknown([StunAttributeType.MessageIntegrity, StunAttributeType.MessageIntegritySha256], new StunAttributeType[4]));
        Assert.True(StunIntegrity.Sha1.Verify(message, Key));
    }

    [Fact]
    public void Behind_sha256_integrity_only_a_fingerprint_counts()
    {
        var bytes = Write((ref w) =>
        {
            w.AddIntegrity(StunIntegrity.Sha256, Key);
            w.AddIntegrity(StunIntegrity.Sha1, Key);
            w.Add(StunAttributeType.Lifetime, 1u);
            w.AddFingerprint();
        });

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.Equal([StunAttributeType.MessageIntegritySha256, StunAttributeType.Fingerprint], TypesOf(message));
        Assert.False(StunIntegrity.Sha1.Verify(message, Key));
        Assert.True(StunIntegrity.Sha256.Verify(message, Key));
    }

    [Fact]
    public void A_fingerprint_that_is_not_last_is_wrong()
    {
        var bytes = Write((ref w) => { w.AddFingerprint(); w.Add(StunAttributeType.Lifetime, 1u); });
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.False(StunFingerprint.IsAbsentOrRight(message));

        bytes = Write((ref w) => { w.AddIntegrity(StunIntegrity.Sha1, Key); w.AddFingerprint(); w.Add(StunAttributeType.Lifetime, 1u); });
        Assert.True(StunMessage.TryRead(bytes, out message));
        Assert.False(StunFingerprint.IsAbsentOrRight(message));
    }

    [Fact]
    public void A_fingerprint_that_is_not_last_is_wrong_even_with_the_right_checksum()
    {
        var bytes = Write((ref w) => { w.AddFingerprint(); w.Add(StunAttributeType.Lifetime, 1u); });
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), StunFingerprint.Compute(bytes.AsSpan(0, 20)));

        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.False(StunFingerprint.IsAbsentOrRight(message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(19)]
    [InlineData(24)]
    public void Integrity_of_another_length_is_refused(int length)
    {
        Assert.True(StunMessage.TryRead(Write((ref w) => w.Add(StunAttributeType.MessageIntegrity, new byte[length])), out var message));
        Assert.False(StunIntegrity.Sha1.Verify(message, Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(900)]
    [InlineData(5000)]
    public void Integrity_covers_messages_of_any_length(int length)
    {
        var buffer = new byte[6000];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, new(0x0102030405060708, 0x090a0b0c));
        writer.Add(StunAttributeType.Data, new byte[length]);
        writer.AddIntegrity(StunIntegrity.Sha256, Key);
        writer.TryFinish(out var end);

        // The attribute is the last one, so the header's length is already right.
        Assert.Equal(HMACSHA256.HashData(Key, buffer.AsSpan(0, end - 36)), buffer[(end - 32)..end]);
        Assert.True(StunMessage.TryRead(buffer.AsSpan(0, end), out var message) && StunIntegrity.Sha256.Verify(message, Key));
    }

    [Fact]
    public void Signing_and_checking_allocate_nothing()
    {
        var buffer = new byte[500];
        SignAndCheck();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(SignAndCheck());
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        bool SignAndCheck()
        {
            Span<byte> key = stackalloc byte[PasswordAlgorithm.MaxKeyLength];
            key = key[..PasswordAlgorithm.Md5.WriteKey("a user"u8, "example.org", "password"u8, key)];
            var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, new(1, 2));
            writer.AddIntegrity(StunIntegrity.Sha1, key);
            writer.AddIntegrity(StunIntegrity.Sha256, key);
            return writer.TryFinish(out var length) && StunMessage.TryRead(buffer.AsSpan(0, length), out var message)
                && StunIntegrity.Sha1.Verify(message, key) && StunIntegrity.Sha256.Verify(message, key);
        }
    }

    private static List<StunAttributeType> TypesOf(in StunMessage message)
    {
        var types = new List<StunAttributeType>();
        foreach (var attribute in message) types.Add(attribute.Type);
        return types;
    }

    private static void EachFlippedBit(byte[] bytes, Func<byte[], bool> isRight, int paddingAt)
    {
        Assert.True(isRight(bytes));
        Assert.Equal(0, bytes[paddingAt]);  // padding is covered too
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(isRight(bytes), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static byte[] Write(Steps steps)
    {
        var buffer = new byte[500];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, new(0x0102030405060708, 0x090a0b0c));
        steps(ref writer);
        Assert.True(writer.TryFinish(out var length));
        return buffer[..length];
    }
}
