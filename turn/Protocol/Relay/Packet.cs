using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// A message on its way through the relay. It lies in a buffer with room before and behind it, so that headers are taken off and
/// put on in place and the payload is never copied.
/// <code>
/// | headroom | bytes, Offset .. Offset+Length | tailroom |
/// </code>
/// </summary>
public ref struct Packet
{
    /// <summary>Room to leave before received bytes: a Data indication's header, an IPv6 XOR-PEER-ADDRESS and DATA's own header.</summary>
    public const int Headroom = StunConstants.HeaderLength + StunConstants.AttributeHeaderLength + 20 + StunConstants.AttributeHeaderLength;

    /// <summary>Room to leave behind received bytes: padding to four bytes.</summary>
    public const int Tailroom = 3;

    /// <summary>The most bytes that are received at once: the longest frame of a stream, which is more than any datagram.</summary>
    public const int MaxLength = StreamFraming.MaxFrameLength;

    /// <summary>The largest payload of a UDP datagram over IPv4: 65,535 without the headers of IP and UDP.</summary>
    public const int MaxIPv4Payload = ushort.MaxValue - 20 - UdpHeaderLength;

    /// <summary>The largest payload of a UDP datagram over IPv6, whose header its length does not count.</summary>
    public const int MaxIPv6Payload = ushort.MaxValue - UdpHeaderLength;

    private const int UdpHeaderLength = 8;

    /// <summary>The largest payload of a UDP datagram of a family.</summary>
    public static int MaxPayload(IpFamily family) => family == IpFamily.IPv4 ? MaxIPv4Payload : MaxIPv6Payload;

    /// <summary>A buffer of this size takes any datagram with its head- and tailroom.</summary>
    public const int BufferLength = Headroom + MaxLength + Tailroom;

    private readonly Span<byte> _buffer;

    /// <summary>Bytes received into a buffer behind its headroom.</summary>
    /// <param name="buffer">The whole buffer: headroom, bytes, tailroom.</param>
    /// <param name="length">How many bytes were received at <see cref="Headroom"/>.</param>
    public Packet(Span<byte> buffer, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, buffer.Length - Headroom - Tailroom);
        _buffer = buffer;
        Offset = Headroom;
        Length = length;
    }

    /// <summary>Where the bytes begin in the buffer.</summary>
    public int Offset { get; private set; }

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public readonly Span<byte> Bytes => _buffer.Slice(Offset, Length);

    /// <summary>Keeps a part of the bytes: takes a header off, or padding.</summary>
    internal void Keep(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length);
        Offset += start;
        Length = length;
    }

    /// <summary>Grows the packet to the front and returns the room for a header.</summary>
    internal Span<byte> Prepend(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Offset);
        Offset -= length;
        Length += length;
        return _buffer.Slice(Offset, length);
    }

    /// <summary>Adds zeros behind the bytes until their number is a multiple of four.</summary>
    internal void Pad()
    {
        var padded = StunConstants.Padded(Length);
        _buffer[(Offset + Length)..(Offset + padded)].Clear();
        Length = padded;
    }
}
