using System.Buffers.Binary;
using System.Text;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// Writes a STUN message into a buffer, attribute by attribute: pads each with zeros and updates the header's length. When the buffer is
/// full, the call and all later ones return false, so a caller may check only <see cref="TryFinish"/>.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private readonly TransactionId _transaction;
    private int _length;
    private bool _full;

    /// <summary>Writes the header.</summary>
    public StunWriter(Span<byte> buffer, StunClass @class, StunMethod method, TransactionId transaction)
    {
        _buffer = buffer;
        _transaction = transaction;
        _full = buffer.Length < StunConstants.HeaderLength;
        if (_full) return;

        BinaryPrimitives.WriteUInt16BigEndian(buffer, MessageType(@class, method));
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunConstants.MagicCookie);
        transaction.Write(buffer[8..]);
        _length = StunConstants.HeaderLength;
        WriteLength(_length);
    }

    /// <summary>Gets the type field of a class and a method: M11..M7 C1 M6..M4 C0 M3..M0 (RFC 8489 §5).</summary>
    public static ushort MessageType(StunClass @class, StunMethod method)
    {
        var (c, m) = ((int)@class, (int)method);
        return (ushort)((m & 0x000F) | ((m & 0x0070) << 1) | ((m & 0x0F80) << 2) | ((c & 0b01) << 4) | ((c & 0b10) << 7));
    }

    /// <summary>Adds an attribute.</summary>
    public bool Add(StunAttributeType type, scoped ReadOnlySpan<byte> value)
    {
        if (!TryReserve(type, value.Length, out var target)) return false;
        value.CopyTo(target);
        return true;
    }

    /// <summary>Adds an attribute with UTF-8 text.</summary>
    public bool Add(StunAttributeType type, string text)
    {
        if (!TryReserve(type, Encoding.UTF8.GetByteCount(text), out var target)) return false;
        Encoding.UTF8.GetBytes(text, target);
        return true;
    }

    /// <summary>Adds an attribute of four bytes, such as LIFETIME.</summary>
    public bool Add(StunAttributeType type, uint value)
    {
        if (!TryReserve(type, 4, out var target)) return false;
        BinaryPrimitives.WriteUInt32BigEndian(target, value);
        return true;
    }

    /// <summary>Adds an address attribute of the XOR form, such as XOR-MAPPED-ADDRESS.</summary>
    public bool AddXorAddress(StunAttributeType type, TransportAddress address)
    {
        if (!TryReserve(type, StunAddress.Length(address), out var target)) return false;
        StunAddress.WriteXor(target, address, _transaction);
        return true;
    }

    /// <summary>Adds an address attribute of the plain form, such as ALTERNATE-SERVER.</summary>
    public bool AddAddress(StunAttributeType type, TransportAddress address)
    {
        if (!TryReserve(type, StunAddress.Length(address), out var target)) return false;
        StunAddress.Write(target, address);
        return true;
    }

    /// <summary>Adds ERROR-CODE with the recommended phrase (RFC 8489 §14.8).</summary>
    public bool AddError(StunErrorCode code)
    {
        var reason = code.Reason();
        if (!TryReserve(StunAttributeType.ErrorCode, 4 + reason.Length, out var target)) return false;
        BinaryPrimitives.WriteUInt32BigEndian(target, ((uint)code / 100 << 8) | ((uint)code % 100));
        reason.CopyTo(target[4..]);
        return true;
    }

    /// <summary>Adds UNKNOWN-ATTRIBUTES (RFC 8489 §14.13).</summary>
    public bool AddUnknownAttributes(scoped ReadOnlySpan<StunAttributeType> types)
    {
        if (!TryReserve(StunAttributeType.UnknownAttributes, 2 * types.Length, out var target)) return false;
        for (var i = 0; i < types.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(target[(2 * i)..], (ushort)types[i]);
        return true;
    }

    /// <summary>Adds integrity, untruncated, over everything written so far (RFC 8489 §14.5, §14.6).</summary>
    public bool AddIntegrity(StunIntegrity integrity, scoped ReadOnlySpan<byte> key)
    {
        var covered = _length;
        return TryReserve(integrity.Type, integrity.Length, out var mac) && integrity.Compute(_buffer[.._length], covered, key, mac);
    }

    /// <summary>Adds FINGERPRINT; it must be the last attribute (RFC 8489 §14.7).</summary>
    public bool AddFingerprint()
    {
        var covered = _length;
        if (!TryReserve(StunAttributeType.Fingerprint, 4, out var target)) return false;
        BinaryPrimitives.WriteUInt32BigEndian(target, StunFingerprint.Compute(_buffer[..covered]));
        return true;
    }

    /// <summary>Gets the length of the message.</summary>
    /// <param name="length">The length in bytes; 0 when the buffer was too short.</param>
    /// <returns>False when the buffer was too short.</returns>
    public readonly bool TryFinish(out int length)
    {
        length = _full ? 0 : _length;
        return !_full;
    }

    private bool TryReserve(StunAttributeType type, int valueLength, out Span<byte> value)
    {
        value = default;
        var padded = StunConstants.Padded(valueLength);
        var end = _length + StunConstants.AttributeHeaderLength + padded;
        _full |= valueLength > ushort.MaxValue || end > Math.Min(_buffer.Length, StreamFraming.MaxFrameLength);
        if (_full) return false;

        var attribute = _buffer[_length..];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)valueLength);
        attribute.Slice(StunConstants.AttributeHeaderLength + valueLength, padded - valueLength).Clear();
        value = attribute.Slice(StunConstants.AttributeHeaderLength, valueLength);
        _length = end;
        WriteLength(_length);
        return true;
    }

    private readonly void WriteLength(int end) =>
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(end - StunConstants.HeaderLength));
}
