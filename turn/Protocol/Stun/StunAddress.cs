using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// The value of address attributes (RFC 8489 §14.1, §14.2): a zero byte, the family, the port and the address. In the XOR form
/// the port is combined with the cookie's upper half, and the address with the cookie followed by the transaction id, so
/// that middleboxes which rewrite addresses in payloads don't recognize them.
/// </summary>
public static class StunAddress
{
    /// <summary>Gets the length of the value: 8 bytes for IPv4, 20 for IPv6.</summary>
    public static int Length(TransportAddress address) => 4 + address.Ip.Length;

    /// <summary>Reads the XOR form. False when family and length don't match.</summary>
    public static bool TryReadXor(ReadOnlySpan<byte> value, TransactionId transaction, out TransportAddress address)
    {
        if (!TryRead(value, out address)) return false;
        address = Xor(address, transaction);
        return true;
    }

    /// <summary>Reads the plain form (MAPPED-ADDRESS, ALTERNATE-SERVER). False when family and length don't match.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out TransportAddress address)
    {
        address = default;
        if (value.Length < 4) return false;

        var family = (IpFamily)value[1];
        if (!family.IsKnown() || value.Length != 4 + family.AddressLength()) return false;

        address = new(IpAddress.Read(value[4..]), BinaryPrimitives.ReadUInt16BigEndian(value[2..]));
        return true;
    }

    /// <summary>Writes the plain form (ALTERNATE-SERVER), <see cref="Length"/> bytes.</summary>
    public static void Write(Span<byte> value, TransportAddress address)
    {
        value[0] = 0;
        value[1] = (byte)address.Family;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], address.Port);
        address.Ip.Write(value[4..]);
    }

    /// <summary>Writes the XOR form, <see cref="Length"/> bytes.</summary>
    public static void WriteXor(Span<byte> value, TransportAddress address, TransactionId transaction) =>
        Write(value, Xor(address, transaction));

    private static TransportAddress Xor(TransportAddress address, TransactionId transaction)
    {
        var mask = address.Family == IpFamily.IPv4
            ? StunConstants.MagicCookie
            : new UInt128(((ulong)StunConstants.MagicCookie << 32) | (transaction.High >> 32), (transaction.High << 32) | transaction.Low);
        return new(new(address.Family, address.Ip.Bits ^ mask), (ushort)(address.Port ^ (StunConstants.MagicCookie >> 16)));
    }
}
