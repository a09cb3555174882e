using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6): an HMAC over the message up to the attribute, with the
/// header's length field as if the message ended with the attribute. It is computed over a copy, so that a message is checked
/// without being changed.
/// </summary>
public sealed class StunIntegrity
{
    private const int UsualLength = 1024;

    private readonly int _shortest;
    private readonly HashData _hash;

    private StunIntegrity(StunAttributeType type, int length, int shortest, HashData hash) =>
        (Type, Length, _shortest, _hash) = (type, length, shortest, hash);

    private delegate bool HashData(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> mac, out int written);

    /// <summary>MESSAGE-INTEGRITY.</summary>
#pragma warning disable CA5350 // HMAC-SHA1 is not broken as a MAC.
    public static StunIntegrity Sha1 { get; } =
        new(StunAttributeType.MessageIntegrity, HMACSHA1.HashSizeInBytes, shortest: HMACSHA1.HashSizeInBytes, HMACSHA1.TryHashData);
#pragma warning restore CA5350

    /// <summary>MESSAGE-INTEGRITY-SHA256; a sender may truncate it to 16 bytes or more, in steps of four.</summary>
    public static StunIntegrity Sha256 { get; } =
        new(StunAttributeType.MessageIntegritySha256, HMACSHA256.HashSizeInBytes, shortest: 16, HMACSHA256.TryHashData);

    public StunAttributeType Type { get; }

    /// <summary>Gets the length of the untruncated HMAC in bytes.</summary>
    public int Length { get; }

    /// <summary>
    /// Gets the attribute that authenticates a message: SHA-256 when it has both (RFC 8489 §9.2.4); null when it has neither.
    /// </summary>
    public static StunIntegrity? Of(in StunMessage message) => message.Has(Sha256.Type) ? Sha256 : message.Has(Sha1.Type) ? Sha1 : null;

    /// <summary>Checks the attribute in constant time.</summary>
    /// <returns>False when it is absent, has a length that is not allowed or doesn't match the key.</returns>
    public bool Verify(in StunMessage message, ReadOnlySpan<byte> key)
    {
        if (!TryFind(message, out var attribute)) return false;
        var length = attribute.Value.Length;
        if (length < _shortest || length > Length || length % 4 != 0) return false;

        Span<byte> expected = stackalloc byte[Length];
        return Compute(message.Bytes, attribute.Offset, key, expected, length)
            && CryptographicOperations.FixedTimeEquals(expected[..length], attribute.Value);
    }

    /// <summary>
    /// Computes the untruncated HMAC over the bytes of a message before <paramref name="offset"/>, where the attribute begins.
    /// </summary>
    internal bool Compute(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac) =>
        Compute(message, offset, key, mac, Length);

    private bool Compute(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac, int attributeLength)
    {
        var rented = offset > UsualLength ? ArrayPool<byte>.Shared.Rent(offset) : null;
        Span<byte> covered = rented ?? stackalloc byte[UsualLength];
        covered = covered[..offset];
        message[..offset].CopyTo(covered);
        var end = offset + StunConstants.AttributeHeaderLength + attributeLength;
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(end - StunConstants.HeaderLength));

        var done = _hash(key, covered, mac, out _);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return done;
    }

    private bool TryFind(in StunMessage message, out StunAttribute attribute)
    {
        foreach (var candidate in message)
        {
            if (candidate.Type != Type) continue;
            attribute = candidate;
            return true;
        }

        attribute = default;
        return false;
    }
}
