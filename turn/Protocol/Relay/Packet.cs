using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// A message in the relay. Its buffer has room before and after it, so that headers are removed and added in place and the payload is never
/// copied.
/// <code>
/// | headroom | bytes, Offset .. Offset+Length | tailroom |
/// </code>
/// </summary>
public ref struct Packet
{
    /// <summary>
    /// Bytes to leave free before received bytes: for a Data indication's header, an IPv6 XOR-PEER-ADDRESS and DATA's header.
    /// </summary>
    public const int Headroom = StunConstants.HeaderLength + StunConstants.AttributeHeaderLength + 20 + StunConstants.AttributeHeaderLength;

    /// <summary>Bytes to leave free after received bytes: for padding to four bytes.</summary>
    public const int Tailroom = 3;

    /// <summary>The longest message in bytes: the longest frame of a stream, which exceeds any datagram.</summary>
    public const int MaxLength = StreamFraming.MaxFrameLength;

    /// <summary>The largest payload of a UDP datagram over IPv4: 65,535 without the headers of IP and UDP.</summary>
    public const int MaxIPv4Payload = ushort.MaxValue - 20 - UdpHeaderLength;

    /// <summary>The largest payload of a UDP datagram over IPv6, whose header its length does not count.</summary>
    public const int MaxIPv6Payload = ushort.MaxValue - UdpHeaderLength;

    private const int UdpHeaderLength = 8;

    /// <summary>Gets the largest payload of a UDP datagram of a family.</summary>
    public static int MaxPayload(IpFamily family) => family == IpFamily.IPv4 ? MaxIPv4Payload : MaxIPv6Payload;

    /// <summary>The length of a buffer for any message with its headroom and tailroom.</summary>
    public const int BufferLength = Headroom + MaxLength + Tailroom;

    private readonly Span<byte> _buffer;

    /// <summary>Creates a packet of bytes that were received into a buffer after its headroom.</summary>
    /// <param name="buffer">The whole buffer: headroom, bytes, tailroom.</param>
    /// <param name="length">The number of bytes received at <see cref="Headroom"/>.</param>
    public Packet(Span<byte> buffer, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, buffer.Length - Headroom - Tailroom);
        _buffer = buffer;
        Offset = Headroom;
        Length = length;
    }

    /// <summary>Gets the offset of the bytes in the buffer.</summary>
    public int Offset { get; private set; }

    /// <summary>Gets the number of bytes.</summary>
    public int Length { get; private set; }

    public readonly Span<byte> Bytes => _buffer.Slice(Offset, Length);

    /// <summary>
    /// Gets or sets the IP header's fields: set by the engine as they arrived, if it knows them; changed by the shard into those to send
    /// with. Data to a stream has none.
    /// </summary>
    public IpFields Ip { get; set; }

    /// <summary>Keeps a part of the bytes: removes a header or padding.</summary>
    internal void Keep(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length);
        Offset += start;
        Length = length;
    }

    /// <summary>Prepends a header of a length, and returns its bytes.</summary>
    internal Span<byte> Prepend(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Offset);
        Offset -= length;
        Length += length;
        return _buffer.Slice(Offset, length);
    }

    /// <summary>Appends zeros until their number is a multiple of four.</summary>
    internal void Pad()
    {
        var padded = StunConstants.Padded(Length);
        _buffer[(Offset + Length)..(Offset + padded)].Clear();
        Length = padded;
    }
}
