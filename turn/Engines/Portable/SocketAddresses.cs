using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// The system's form of transport addresses, rewritten in place so that no packet allocates an object.
/// <code>
/// sockaddr_in   | family 2 | port 2 | address 4 |
/// sockaddr_in6  | family 2 | port 2 | flow label 4 | address 16 | scope 4 |
/// </code>
/// </summary>
internal static class SocketAddresses
{
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;

    public static SocketAddress Create(IpFamily family) =>
        new(family == IpFamily.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);

    public static TransportAddress Read(SocketAddress address, IpFamily family) => Read(address.Buffer.Span, family);

    public static TransportAddress Read(ReadOnlySpan<byte> bytes, IpFamily family)
    {
        var ip = family == IpFamily.IPv6 ? bytes.Slice(IPv6Offset, 16) : bytes.Slice(IPv4Offset, 4);
        return new(IpAddress.Read(ip), BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]));
    }

    public static void Write(SocketAddress target, in TransportAddress address)
    {
        var bytes = target.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], address.Port);
        address.Ip.Write(bytes[(address.Family == IpFamily.IPv6 ? IPv6Offset : IPv4Offset)..]);
    }
}

/// <summary>The receivers' addresses of one loop, one for each family; a loop sends one packet at a time.</summary>
internal sealed class SendAddresses
{
    private readonly SocketAddress _ipv4 = SocketAddresses.Create(IpFamily.IPv4);
    private readonly SocketAddress _ipv6 = SocketAddresses.Create(IpFamily.IPv6);

    public SocketAddress To(in TransportAddress address)
    {
        var target = address.Family == IpFamily.IPv6 ? _ipv6 : _ipv4;
        SocketAddresses.Write(target, address);
        return target;
    }
}
