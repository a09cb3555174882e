using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6): an HMAC over the message up to the attribute, with the
/// header's length field as if the message ended with the attribute. So a message is checked without being changed:
/// the four bytes of type and length are hashed from a copy, the rest where it lies.
/// </summary>
public static class StunIntegrity
{
    /// <summary>Length of MESSAGE-INTEGRITY in bytes.</summary>
    public const int Sha1Length = 20;

    /// <summary>Length of an untruncated MESSAGE-INTEGRITY-SHA256 in bytes.</summary>
    public const int Sha256Length = 32;

    /// <summary>Shortest MESSAGE-INTEGRITY-SHA256 that is accepted, in bytes (RFC 8489 §14.6).</summary>
    public const int Sha256MinLength = 16;

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
        Compute(HashAlgorithmName.SHA1, message, offset, key, mac, Sha1Length);

    /// <summary>Computes MESSAGE-INTEGRITY-SHA256 over the bytes of a message before <paramref name="offset"/>, where the attribute begins.</summary>
    internal static bool ComputeSha256(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac, int length = Sha256Length) =>
        Compute(HashAlgorithmName.SHA256, message, offset, key, mac, length);

    private static bool Compute(HashAlgorithmName algorithm, ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, Span<byte> mac, int macLength)
    {
        Span<byte> start = stackalloc byte[4];
        message[..2].CopyTo(start);
        BinaryPrimitives.WriteUInt16BigEndian(start[2..], (ushort)(offset + StunConstants.AttributeHeaderLength + macLength - StunConstants.HeaderLength));

        using var hmac = IncrementalHash.CreateHMAC(algorithm, key);
        hmac.AppendData(start);
        hmac.AppendData(message[4..offset]);
        return hmac.TryGetHashAndReset(mac, out _);
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
