using System.Buffers.Binary;

namespace Causeway.Turn.Protocol;

/// <summary>What the start of a connection from a proxy contains.</summary>
public enum ProxyHeaderState : byte
{
    /// <summary>A part of a header: more bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole header.</summary>
    Complete,

    /// <summary>No header of version 2, or one that can't be read: close the connection.</summary>
    Invalid,
}

/// <summary>
/// The binary header of the PROXY protocol, version 2 (haproxy's doc/proxy-protocol.txt §2.2). A proxy sends it before a client's bytes, to
/// tell whose they are.
/// <code>
/// signature (12 bytes) | version = 2 (4 bits) | command (4 bits) | family (4 bits) | protocol (4 bits) | length (16 bits)
/// source address | destination address | source port (16 bits) | destination port (16 bits) | TLVs, up to the length
/// </code>
/// </summary>
/// <param name="Source">
/// The client's address; null when the connection's own address applies: the proxy itself connects (LOCAL), or its client has another
/// protocol than TCP over IPv4 or IPv6.
/// </param>
public readonly record struct ProxyHeader(TransportAddress? Source)
{
    /// <summary>The bytes up to the length.</summary>
    public const int FixedLength = 16;

    /// <summary>The longest header that is read. A sender's header fits into one segment.</summary>
    public const int MaxLength = 2048;

    private const int VersionAt = 12;
    private const int FamilyAt = 13;
    private const int LengthAt = 14;
    private const int Local = 0;
    private const int Proxy = 1;
    private const int TcpOverIPv4 = 0x11;
    private const int TcpOverIPv6 = 0x21;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads the header of the bytes received so far, and refuses other bytes as early as possible.</summary>
    /// <param name="stream">The connection from its first byte.</param>
    /// <param name="header">The header, when it is complete.</param>
    /// <param name="length">The bytes that are needed: those up to the length while it is unknown, then those of the header.</param>
    public static ProxyHeaderState Read(ReadOnlySpan<byte> stream, out ProxyHeader header, out int length)
    {
        header = default;
        length = FixedLength;
        var begun = stream[..int.Min(stream.Length, Signature.Length)];
        if (!Signature.StartsWith(begun)) return ProxyHeaderState.Invalid;
        if (stream.Length > VersionAt && !IsCommand(stream[VersionAt])) return ProxyHeaderState.Invalid;
        // The family of a LOCAL connection is ignored.
        var isLocal = stream.Length > VersionAt && (stream[VersionAt] & 0xF) == Local;
        if (stream.Length > FamilyAt && !isLocal && !IsFamily(stream[FamilyAt])) return ProxyHeaderState.Invalid;
        if (stream.Length < FixedLength) return ProxyHeaderState.Incomplete;

        length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(stream[LengthAt..]);
        var addressLength = isLocal ? 0 : AddressLength(stream[FamilyAt]);
        if (length > MaxLength || length < FixedLength + 2 * addressLength + (addressLength > 0 ? 2 * sizeof(ushort) : 0))
            return ProxyHeaderState.Invalid;
        if (stream.Length < length) return ProxyHeaderState.Incomplete;

        if (addressLength > 0) header = new(ReadSource(stream[FixedLength..length], addressLength));
        return ProxyHeaderState.Complete;
    }

    // Version 2, and LOCAL or PROXY.
    private static bool IsCommand(byte command) => command >> 4 == 2 && (command & 0xF) <= Proxy;

    // Families: unspecified, IPv4, IPv6, Unix. Protocols: unspecified, stream, datagram.
    private static bool IsFamily(byte family) => family >> 4 <= 3 && (family & 0xF) <= 2;

    // 0 for what counts as unspecified.
    private static int AddressLength(byte family) => family switch
    {
        TcpOverIPv4 => 4,
        TcpOverIPv6 => 16,
        _ => 0,
    };

    private static TransportAddress ReadSource(ReadOnlySpan<byte> addresses, int addressLength)
    {
        var ip = IpAddress.Read(addresses[..addressLength]);
        var port = BinaryPrimitives.ReadUInt16BigEndian(addresses[(2 * addressLength)..]);
        return new(Unmapped(ip), port);
    }

    // A proxy with a dual-stack socket names an IPv4 client in the IPv6 form (::ffff:192.0.2.1).
    private static IpAddress Unmapped(IpAddress ip) =>
        ip.Family == IpFamily.IPv6 && ip.Bits >> 32 == 0xFFFF ? new(IpFamily.IPv4, ip.Bits & uint.MaxValue) : ip;
}
