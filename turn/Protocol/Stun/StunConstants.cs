namespace Causeway.Turn.Protocol.Stun;

/// <summary>The fixed numbers of STUN's wire format.</summary>
public static class StunConstants
{
    /// <summary>Length of the header in bytes (RFC 8489 §5).</summary>
    public const int HeaderLength = 20;

    /// <summary>Length of an attribute's type and length fields in bytes (RFC 8489 §14).</summary>
    public const int AttributeHeaderLength = 4;

    /// <summary>The magic cookie at byte 4 of every message (RFC 8489 §5).</summary>
    public const uint MagicCookie = 0x2112A442;

    /// <summary>What FINGERPRINT's CRC-32 is combined with (RFC 8489 §14.7).</summary>
    public const uint FingerprintXor = 0x5354554E;

    /// <summary>The first comprehension-optional attribute type; those below must be understood (RFC 8489 §14).</summary>
    public const int FirstOptionalAttribute = 0x8000;

    /// <summary>Longest REALM and NONCE in bytes: 127 characters of up to six bytes each, as RFC 8489 §14.9 and §14.10 bound them.</summary>
    public const int MaxQuotedStringLength = 763;

    /// <summary>
    /// Longest request in bytes that Causeway sends and looks at: hundreds of peers and all that signs them. Each attribute costs a receiver work before it knows the
    /// sender, so that the 64 KB of a datagram are too many.
    /// </summary>
    public const int MaxRequestLength = 8 * 1024;

    /// <summary>A length rounded up to the 32-bit boundary that attributes are padded to (RFC 8489 §14).</summary>
    public static int Padded(int length) => (length + 3) & ~3;
}
