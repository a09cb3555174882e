using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace Causeway.Turn.Protocol;

/// <summary>
/// An IP address as a value, so that it can be compared, hashed and copied on the data path without touching the heap.
/// An IPv4-mapped IPv6 address is an IPv6 address here; a caller that receives one from a dual-stack socket unmaps it first.
/// </summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Bits">The address as a number, most significant byte first; an IPv4 address is in the low 32 bits.</param>
public readonly record struct IpAddress(IpFamily Family, UInt128 Bits)
{
    private static readonly SearchValues<char> Notation = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>The length in bytes on the wire: 4 or 16.</summary>
    public int Length => Family.AddressLength();

    /// <summary>Reads an address from 4 bytes (IPv4) or 16 bytes (IPv6) in network order.</summary>
    /// <exception cref="ArgumentException">Any other length.</exception>
    public static IpAddress Read(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        4 => new(IpFamily.IPv4, BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        16 => new(IpFamily.IPv6, BinaryPrimitives.ReadUInt128BigEndian(bytes)),
        _ => throw new ArgumentException($"an IP address has 4 or 16 bytes, not {bytes.Length}", nameof(bytes)),
    };

    /// <summary>Writes <see cref="Length"/> bytes in network order.</summary>
    public void Write(Span<byte> bytes)
    {
        if (Family == IpFamily.IPv4) BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Bits);
        else BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
    }

    /// <summary>
    /// Reads <c>192.0.2.1</c> or <c>2001:db8::1</c>. Refuses what other programs may read differently: zone ids, brackets, and IPv4
    /// addresses in shorthand (<c>127.1</c>), octal (<c>010.0.0.1</c>) or hexadecimal.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        if (text.ContainsAnyExcept(Notation) || !IPAddress.TryParse(text, out var parsed)) return false;

        var read = From(parsed);
        if (read.Family == IpFamily.IPv4 && !text.SequenceEqual(parsed.ToString())) return false;
        address = read;
        return true;
    }

    /// <summary>Reads an address as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text isn't an IP address.</exception>
    public static IpAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' isn't an IP address");

    /// <summary>Converts from the framework's type; an IPv4-mapped IPv6 address stays IPv6.</summary>
    public static IpAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return Read(bytes[..length]);
    }

    /// <summary>Converts to the framework's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return new IPAddress(bytes);
    }

    /// <summary>The usual notation: dotted decimal, or RFC 5952.</summary>
    public override string ToString() => Family == 0 ? "none" : ToIPAddress().ToString();
}
