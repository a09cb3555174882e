namespace Causeway.Turn.Protocol.Stun;

/// <summary>The fixed numbers of STUN's wire format.</summary>
public static class StunConstants
{
    /// <summary>The length of the header in bytes (RFC 8489 §5).</summary>
    public const int HeaderLength = 20;

    /// <summary>The length of an attribute's type and length fields in bytes (RFC 8489 §14).</summary>
    public const int AttributeHeaderLength = 4;

    /// <summary>The magic cookie at byte 4 of every message (RFC 8489 §5).</summary>
    public const uint MagicCookie = 0x2112A442;

    /// <summary>What FINGERPRINT's CRC-32 is combined with (RFC 8489 §14.7).</summary>
    public const uint FingerprintXor = 0x5354554E;

    /// <summary>The first comprehension-optional attribute type; those below must be understood (RFC 8489 §14).</summary>
    public const int FirstOptionalAttribute = 0x8000;

    /// <summary>The longest REALM and NONCE in bytes: 127 characters of up to six bytes each (RFC 8489 §14.9, §14.10).</summary>
    public const int MaxQuotedStringLength = 763;

    /// <summary>
    /// The longest request in bytes that Causeway sends and reads: enough for hundreds of peers and the credentials. Each attribute costs
    /// the receiver work before it has authenticated the sender, so the 64 KB of a datagram are too many.
    /// </summary>
    public const int MaxRequestLength = 8 * 1024;

    /// <summary>Rounds a length up to the 32-bit boundary that attributes are padded to (RFC 8489 §14).</summary>
    public static int Padded(int length) => (length + 3) & ~3;
}
