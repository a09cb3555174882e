using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6): an HMAC over the message up to the attribute, with the
/// header's length field as if the message ended with the attribute. So it is computed over a copy: a message is checked
/// without being changed.
/// </summary>
public static class StunIntegrity
{
    /// <summary>Length of MESSAGE-INTEGRITY in bytes.</summary>
    public const int Sha1Length = 20;

    /// <summary>Length of an untruncated MESSAGE-INTEGRITY-SHA256 in bytes.</summary>
    public const int Sha256Length = 32;

    /// <summary>Shortest MESSAGE-INTEGRITY-SHA256 that is accepted, in bytes (RFC 8489 §14.6).</summary>
    public const int Sha256MinLength = 16;

    private const int UsualLength = 1024;

    /// <summary>Checks MESSAGE-INTEGRITY in constant time.</summary>
    /// <returns>False when it is absent, has another length or does not fit the key.</returns>
    public static bool VerifySha1(in StunMessage message, ReadOnlySpan<byte> key)
    {
        if (!TryFind(message, StunAttributeType.MessageIntegrity, out var attribute) || attribute.Value.Length != Sha1Length) return false;

        Span<byte> expected = stackalloc byte[Sha1Length];
        return ComputeSha1(message.Bytes, attribute.Offset, key, expected)
            && CryptographicOperations.FixedTimeEquals(expected, attribute.Value);
    }

    /// <summary>Checks MESSAGE-INTEGRITY-SHA256 in constant time; it may be truncated to a multiple of four bytes, 16 at least.</summary>
    /// <returns>False when it is absent, has a length that is not allowed or does not fit the key.</returns>
    public static bool VerifySha256(in StunMessage message, ReadOnlySpan<byte> key)
    {
        if (!TryFind(message, StunAttributeType.MessageIntegritySha256, out var attribute)) return false;
        var length = attribute.Value.Length;
        if (length is < Sha256MinLength or > Sha256Length || length % 4 != 0) return false;

        Span<byte> expected = stackalloc byte[Sha256Length];
        return ComputeSha256(message.Bytes, attribute.Offset, key, expected, length)
            && CryptographicOperations.FixedTimeEquals(expected[..length], attribute.Value);
    }

    /// <summary>Computes MESSAGE-INTEGRITY over the bytes of a message before <paramref name="offset"/>, where the attribute begins.</summary>
    internal static bool ComputeSha1(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac) =>
        Compute(isSha256: false, message, offset, key, mac, Sha1Length);

    /// <summary>Computes MESSAGE-INTEGRITY-SHA256 over the bytes of a message before <paramref name="offset"/>, where the attribute begins.</summary>
    internal static bool ComputeSha256(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac, int length = Sha256Length) =>
        Compute(isSha256: true, message, offset, key, mac, length);

    private static bool Compute(bool isSha256, ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac, int macLength)
    {
        var rented = offset > UsualLength ? ArrayPool<byte>.Shared.Rent(offset) : null;
        Span<byte> covered = rented ?? stackalloc byte[UsualLength];
        covered = covered[..offset];
        message[..offset].CopyTo(covered);
        BinaryPrimitives.WriteUInt16BigEndian(covered[2..], (ushort)(offset + StunConstants.AttributeHeaderLength + macLength - StunConstants.HeaderLength));

#pragma warning disable CA5350 // MESSAGE-INTEGRITY is HMAC-SHA1 (RFC 8489 §14.5); it is not broken as a MAC.
        var done = isSha256 ? HMACSHA256.TryHashData(key, covered, mac, out _) : HMACSHA1.TryHashData(key, covered, mac, out _);
#pragma warning restore CA5350
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return done;
    }

    private static bool TryFind(in StunMessage message, StunAttributeType type, out StunAttribute attribute)
    {
        foreach (var candidate in message)
        {
            if (candidate.Type != type) continue;
            attribute = candidate;
            return true;
        }

        attribute = default;
        return false;
    }
}
