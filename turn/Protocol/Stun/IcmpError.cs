using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// An ICMP error, as the value of the attribute ICMP (RFC 8656 §18.13). The figure of the RFC gives seven bits to the type and nine to the
/// code, which ICMP itself has in eight each.
/// <code>
/// | reserved (16) | type (7) | code (9) |
/// | error data (32)                     |
/// </code>
/// </summary>
/// <param name="Type">The type, of ICMPv4 or ICMPv6 as the family of the peer says.</param>
/// <param name="Code">The code.</param>
/// <param name="Data">The next hop's MTU in bytes if the packet was too big for it; else zero.</param>
public readonly record struct IcmpError(byte Type, byte Code, uint Data)
{
    /// <summary>The length of the value in bytes.</summary>
    public const int Length = 8;

    private const byte UnreachableIPv4 = 3;
    private const byte FragmentationNeeded = 4;
    private const byte TimeExceededIPv4 = 11;
    private const byte UnreachableIPv6 = 1;
    private const byte PacketTooBigIPv6 = 2;
    private const byte TimeExceededIPv6 = 3;

    /// <summary>The error of a packet that exceeds the MTU of the path (RFC 1191 §4, RFC 4443 §3.2).</summary>
    public static IcmpError TooBig(IpFamily family, uint mtu) =>
        family == IpFamily.IPv6 ? new(PacketTooBigIPv6, 0, mtu) : new(UnreachableIPv4, FragmentationNeeded, mtu);

    /// <summary>Whether it says that a packet was too big; <see cref="Data"/> is the MTU then.</summary>
    public bool IsTooBig(IpFamily family) =>
        family == IpFamily.IPv6 ? Type == PacketTooBigIPv6 : Type == UnreachableIPv4 && Code == FragmentationNeeded;

    /// <summary>Whether a relay reports this type to its client: 3 and 11 of ICMPv4, 1 to 3 of ICMPv6 (RFC 8656 §11.5).</summary>
    public bool IsReported(IpFamily family) =>
        family == IpFamily.IPv6
            ? Type is UnreachableIPv6 or PacketTooBigIPv6 or TimeExceededIPv6
            : Type is UnreachableIPv4 or TimeExceededIPv4;

    /// <summary>Reads a value.</summary>
    /// <returns>False when it has another length.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out IcmpError error)
    {
        error = default;
        if (value.Length != Length) return false;

        var both = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        error = new((byte)(both >> 9), (byte)both, BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
        return true;
    }

    /// <summary>Writes the value; <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(value, 0);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)((Type << 9) | Code));
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], Data);
    }
}
