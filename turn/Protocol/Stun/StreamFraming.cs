using System.Buffers;
using System.Buffers.Binary;

namespace Causeway.Turn.Protocol.Stun;

/// <summary>What the start of a stream contains.</summary>
public enum StreamFrame : byte
{
    /// <summary>A part of a frame: more bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole frame.</summary>
    Complete,

    /// <summary>Neither STUN nor ChannelData. The next frame can't be found: close the connection.</summary>
    Invalid,
}

/// <summary>
/// Cuts a TCP or TLS stream into messages (RFC 8489 §6.2.2, RFC 8656 §12.5). Both kinds begin with a type or number (16 bits) and a length
/// (16 bits); the first two bits tell them apart.
/// <code>
/// 0b00: STUN         frame = 20 + length; the length is a multiple of four, the cookie follows
/// 0b01: ChannelData  frame =  4 + length, padded to four bytes; the padding is not counted
/// </code>
/// </summary>
public static class StreamFraming
{
    /// <summary>
    /// The longest frame in bytes: a STUN message with the greatest multiple of four that fits into 16 bits as its length.
    /// </summary>
    public const int MaxFrameLength = StunConstants.HeaderLength + (ushort.MaxValue & ~3);

    // ContentType handshake (RFC 8446 §5.1).
    private const byte TlsHandshake = 22;

    private const int PrefixLength = 8;

    /// <summary>
    /// Whether a connection begins with a TLS handshake. STUN's first byte is 0 to 3, that of ChannelData 64 or more (RFC 7983 §7).
    /// </summary>
    /// <param name="first">The first byte.</param>
    public static bool IsTls(byte first) => first == TlsHandshake;

    /// <summary>Finds the first frame of the bytes received so far; reads at most the first eight.</summary>
    /// <param name="stream">The stream from the start of a frame.</param>
    /// <param name="frameLength">The length of the frame with its padding; 0 while it is unknown.</param>
    public static StreamFrame ReadFrame(ReadOnlySpan<byte> stream, out int frameLength)
    {
        frameLength = 0;
        if (stream.Length > 0 && stream[0] >> 6 is not (0b00 or 0b01)) return StreamFrame.Invalid;
        if (stream.Length < 4) return StreamFrame.Incomplete;

        var length = BinaryPrimitives.ReadUInt16BigEndian(stream[2..]);
        if (ChannelData.IsMatch(stream))
            return Judge(StunConstants.Padded(ChannelData.HeaderLength + length), stream.Length, out frameLength);

        if (length % 4 != 0) return StreamFrame.Invalid;
        if (stream.Length >= PrefixLength && BinaryPrimitives.ReadUInt32BigEndian(stream[4..]) != StunConstants.MagicCookie)
            return StreamFrame.Invalid;
        return Judge(StunConstants.HeaderLength + length, stream.Length, out frameLength);
    }

    /// <summary>The same for a stream in several segments, as pipes return it.</summary>
    public static StreamFrame ReadFrame(in ReadOnlySequence<byte> stream, out int frameLength)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        var start = stream.Slice(0, long.Min(stream.Length, PrefixLength));
        start.CopyTo(prefix);
        var frame = ReadFrame(prefix[..(int)start.Length], out frameLength);
        return frame == StreamFrame.Incomplete && frameLength > 0 && stream.Length >= frameLength ? StreamFrame.Complete : frame;
    }

    private static StreamFrame Judge(int frame, int available, out int frameLength)
    {
        frameLength = frame;
        return available >= frame ? StreamFrame.Complete : StreamFrame.Incomplete;
    }
}
