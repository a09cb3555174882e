using System.Buffers.Binary;
using System.Text;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// A well-formed STUN message (RFC 8489 §6.3), read in place.
/// <code>
///  0                   1                   2                   3
/// |0 0|     message type          |         message length        |
/// |                         magic cookie                          |
/// |                  transaction id (96 bits)                     |
/// |  attributes: type (16) length (16) value, padded to 32 bits ...
/// </code>
/// </summary>
/// <remarks>
/// Enumeration and lookup ignore attributes after MESSAGE-INTEGRITY, except MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, and attributes after
/// MESSAGE-INTEGRITY-SHA256, except FINGERPRINT (RFC 8489 §14.5, §14.6).
/// </remarks>
public readonly ref struct StunMessage
{
    private StunMessage(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Gets the whole message, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public StunClass Class => ReadClass(BinaryPrimitives.ReadUInt16BigEndian(Bytes));

    /// <summary>Gets the method; it may be one that <see cref="StunMethod"/> doesn't name.</summary>
    public StunMethod Method => ReadMethod(BinaryPrimitives.ReadUInt16BigEndian(Bytes));

    /// <summary>Gets the id that pairs a response with its request.</summary>
    public TransactionId TransactionId => TransactionId.Read(Bytes[8..]);

    /// <summary>Gets an upper bound on the number of attributes.</summary>
    public int MaxAttributes => (Bytes.Length - StunConstants.HeaderLength) / StunConstants.AttributeHeaderLength;

    /// <summary>
    /// Reads a message that fills a datagram, or a frame of a stream, exactly. False when the first two bits, the magic cookie or the
    /// length are wrong, or an attribute exceeds the message.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (!TryReadHeader(datagram, out _, out _)) return false;

        for (var rest = datagram[StunConstants.HeaderLength..]; rest.Length > 0;)
        {
            // The length and every padded attribute are multiples of four, so four bytes of header are always there.
            var end = StunConstants.AttributeHeaderLength + StunConstants.Padded(BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (end > rest.Length) return false;
            rest = rest[end..];
        }

        message = new(datagram);
        return true;
    }

    /// <summary>
    /// Reads only the header, at a cost that doesn't grow with the message. False when it isn't the header of a STUN message of this
    /// length. The attributes may still be malformed.
    /// </summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> datagram, out StunClass @class, out StunMethod method)
    {
        (@class, method) = (default, default);
        if (datagram.Length < StunConstants.HeaderLength || (datagram[0] & 0xC0) != 0) return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != StunConstants.MagicCookie) return false;

        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length % 4 != 0 || length != datagram.Length - StunConstants.HeaderLength) return false;

        var type = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        (@class, method) = (ReadClass(type), ReadMethod(type));
        return true;
    }

    /// <summary>Reads bytes that <see cref="TryRead"/> has accepted before.</summary>
    internal static StunMessage ReadAgain(ReadOnlySpan<byte> datagram) => new(datagram);

    public Enumerator GetEnumerator() => new(Bytes);

    /// <summary>Gets the value of the first attribute of a type; later ones are ignored (RFC 8489 §14).</summary>
    public bool TryGet(StunAttributeType type, out ReadOnlySpan<byte> value)
    {
        foreach (var attribute in this)
        {
            if (attribute.Type != type) continue;
            value = attribute.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Whether the message has an attribute of a type.</summary>
    public bool Has(StunAttributeType type) => TryGet(type, out _);

    /// <summary>Reads an attribute of four bytes as a number, such as LIFETIME.</summary>
    /// <returns>False when it is absent or has another length.</returns>
    public bool TryGetUInt32(StunAttributeType type, out uint value)
    {
        value = 0;
        if (!TryGet(type, out var bytes) || bytes.Length != 4) return false;
        value = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }

    /// <summary>Reads an address attribute of the XOR form, such as XOR-PEER-ADDRESS.</summary>
    /// <returns>False when it is absent or malformed.</returns>
    public bool TryGetXorAddress(StunAttributeType type, out TransportAddress address)
    {
        address = default;
        return TryGet(type, out var value) && StunAddress.TryReadXor(value, TransactionId, out address);
    }

    /// <summary>Reads ERROR-CODE (RFC 8489 §14.8).</summary>
    /// <returns>False when it is absent or malformed.</returns>
    public bool TryGetError(out StunErrorCode code, out string reason)
    {
        code = 0;
        reason = "";
        if (!TryGet(StunAttributeType.ErrorCode, out var value) || value.Length < 4) return false;

        // 21 bits reserved, 3 bits of hundreds, 8 bits of the rest, then the phrase.
        var (hundreds, rest) = (value[2] & 0x07, value[3]);
        if (hundreds is < 3 or > 6 || rest > 99) return false;
        code = (StunErrorCode)(hundreds * 100 + rest);
        reason = Encoding.UTF8.GetString(value[4..]);
        return true;
    }

    /// <summary>
    /// Lists the comprehension-required attributes that a receiver doesn't understand, each once and in order. A request with any is
    /// answered 420 with UNKNOWN-ATTRIBUTES, other messages are dropped (RFC 8489 §6.3.1 to §6.3.4).
    /// </summary>
    /// <param name="understood">The types that the receiver understands.</param>
    /// <param name="unknown">Receives the others; <see cref="MaxAttributes"/> entries are always enough.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">They don't fit.</exception>
    public int FindUnknown(ReadOnlySpan<StunAttributeType> understood, Span<StunAttributeType> unknown) =>
        HasUnknown(understood) ? ListUnknown(understood, unknown) : 0;

    /// <summary>Whether the message has a comprehension-required attribute that a receiver doesn't understand.</summary>
    public bool HasUnknown(ReadOnlySpan<StunAttributeType> understood)
    {
        foreach (var attribute in this)
        {
            if (attribute.IsComprehensionRequired && !understood.Contains(attribute.Type)) return true;
        }

        return false;
    }

    private int ListUnknown(ReadOnlySpan<StunAttributeType> understood, Span<StunAttributeType> unknown)
    {
        // A bit for each type: a search in the list for each attribute would take two million comparisons for 8 KB from a stranger.
        Span<ulong> listed = stackalloc ulong[StunConstants.FirstOptionalAttribute / 64];
        listed.Clear();
        var count = 0;
        foreach (var attribute in this)
        {
            if (!attribute.IsComprehensionRequired || understood.Contains(attribute.Type)) continue;
            ref var bits = ref listed[(ushort)attribute.Type / 64];
            var bit = 1UL << (ushort)attribute.Type % 64;
            if ((bits & bit) != 0) continue;

            if (count == unknown.Length) throw new ArgumentException($"more than {count} unknown attributes", nameof(unknown));
            bits |= bit;
            unknown[count++] = attribute.Type;
        }

        return count;
    }

    // Message type: M11..M7 C1 M6..M4 C0 M3..M0 (RFC 8489 §5).
    private static StunClass ReadClass(ushort type) => (StunClass)(((type >> 7) & 0b10) | ((type >> 4) & 0b01));

    private static StunMethod ReadMethod(ushort type) => (StunMethod)((type & 0x000F) | ((type >> 1) & 0x0070) | ((type >> 2) & 0x0F80));

    /// <summary>Enumerates the attributes, in order.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _message;
        private int _next;
        private StunAttributeType _integrity;

        internal Enumerator(ReadOnlySpan<byte> message)
        {
            _message = message;
            _next = StunConstants.HeaderLength;
        }

        public StunAttribute Current { get; private set; }

        public bool MoveNext()
        {
            while (_next < _message.Length)
            {
                var at = _next;
                var type = (StunAttributeType)BinaryPrimitives.ReadUInt16BigEndian(_message[at..]);
                var length = BinaryPrimitives.ReadUInt16BigEndian(_message[(at + 2)..]);
                _next = at + StunConstants.AttributeHeaderLength + StunConstants.Padded(length);
                if (!Counts(type)) continue;

                if (type is StunAttributeType.MessageIntegrity or StunAttributeType.MessageIntegritySha256) _integrity = type;
                Current = new(type, _message.Slice(at + StunConstants.AttributeHeaderLength, length), at);
                return true;
            }

            return false;
        }

        private readonly bool Counts(StunAttributeType type) => _integrity switch
        {
            StunAttributeType.MessageIntegrity => type is StunAttributeType.MessageIntegritySha256 or StunAttributeType.Fingerprint,
            StunAttributeType.MessageIntegritySha256 => type is StunAttributeType.Fingerprint,
            _ => true,
        };
    }
}

/// <summary>An attribute, read in place.</summary>
public readonly ref struct StunAttribute
{
    internal StunAttribute(StunAttributeType type, ReadOnlySpan<byte> value, int offset)
    {
        Type = type;
        Value = value;
        Offset = offset;
    }

    /// <summary>Gets the type; it may be one that <see cref="StunAttributeType"/> doesn't name.</summary>
    public StunAttributeType Type { get; }

    /// <summary>Gets the value without its padding.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Gets the offset of the attribute in the message in bytes; integrity covers the bytes before it.</summary>
    public int Offset { get; }

    /// <summary>Whether a receiver that doesn't understand this type must refuse the message (RFC 8489 §14).</summary>
    public bool IsComprehensionRequired => (ushort)Type < StunConstants.FirstOptionalAttribute;
}
