using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>
/// A ChannelData message (RFC 8656 §12.4): channel number (16 bits), length (16 bits), application data. Over streams it is
/// padded to four bytes, and the padding is not counted.
/// </summary>
public readonly ref struct ChannelData
{
    /// <summary>The length of the header in bytes.</summary>
    public const int HeaderLength = 4;

    /// <summary>The first channel number (RFC 8656 §12).</summary>
    public const ushort FirstChannel = 0x4000;

    /// <summary>The last channel number that a client may choose (RFC 8656 §12).</summary>
    public const ushort LastChannel = 0x4FFF;

    /// <summary>
    /// The last channel number that the relay accepts. RFC 5766 §11 allowed it, and clients still use it: Debian's turnutils_uclient 4.6.1
    /// takes its numbers from the whole range. RFC 8656 reserved the upper part for protocols that share a socket with TURN on the client's
    /// side; for a relay both ranges are TURN.
    /// </summary>
    public const ushort LastAcceptedChannel = 0x7FFF;

    public ushort Channel { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Whether a number is a channel number, up to <see cref="LastAcceptedChannel"/>.</summary>
    public static bool IsChannel(ushort number) => number is >= FirstChannel and <= LastAcceptedChannel;

    /// <summary>Whether a message is ChannelData and not STUN, by its first two bits (RFC 8656 §12).</summary>
    public static bool IsMatch(ReadOnlySpan<byte> datagram) => datagram.Length > 0 && datagram[0] >> 6 == 0b01;

    /// <summary>Reads a message; bytes after the declared length are padding.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ChannelData message)
    {
        message = default;
        if (datagram.Length < HeaderLength) return false;

        var channel = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        if (!IsChannel(channel)) return false;

        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length > datagram.Length - HeaderLength) return false;

        message = new() { Channel = channel, Payload = datagram.Slice(HeaderLength, length) };
        return true;
    }

    /// <summary>Writes the header of a payload.</summary>
    public static void WriteHeader(Span<byte> header, ushort channel, int payloadLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, channel);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payloadLength);
    }
}
