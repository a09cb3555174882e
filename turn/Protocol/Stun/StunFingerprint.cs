using System.Buffers.Binary;
using System.IO.Hashing;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>FINGERPRINT: CRC-32 of the message up to the attribute, combined with a constant (RFC 8489 §14.7).</summary>
public static class StunFingerprint
{
    /// <summary>The length of the attribute in bytes, header included.</summary>
    public const int AttributeLength = StunConstants.AttributeHeaderLength + 4;

    /// <summary>
    /// Whether a message has no FINGERPRINT, or a correct one as its last attribute. With a wrong one the bytes only look like STUN.
    /// </summary>
    public static bool IsAbsentOrRight(in StunMessage message)
    {
        foreach (var attribute in message)
        {
            if (attribute.Type != StunAttributeType.Fingerprint) continue;
            return attribute.Value.Length == 4
                && attribute.Offset + AttributeLength == message.Bytes.Length
                && BinaryPrimitives.ReadUInt32BigEndian(attribute.Value) == Compute(message.Bytes[..attribute.Offset]);
        }

        return true;
    }

    /// <summary>Computes the value over the message before the attribute; the header's length must include the attribute already.</summary>
    internal static uint Compute(ReadOnlySpan<byte> covered) => Crc32.HashToUInt32(covered) ^ StunConstants.FingerprintXor;
}
