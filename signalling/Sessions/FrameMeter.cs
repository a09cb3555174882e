using System.Buffers.Binary;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// Reads the headers of a client's frames (RFC 6455 §5.2) on their way to the framework's WebSocket, which answers pings, drops pongs,
/// joins fragments and reports a close frame without a code as 1000, all without notice.
/// <code>
///   |FIN|RSV|opcode| |MASK|length| |longer length, 0, 2 or 8 bytes| |mask, 0 or 4 bytes| |payload|
/// </code>
/// </summary>
internal sealed class FrameMeter
{
    // The first opcode of control frames (RFC 6455 §5.5).
    private const int Close = 0x8;

    // The longest header: 2 + 8 + 4 bytes.
    private readonly byte[] _header = new byte[14];
    private int _headerLength;
    private ulong _payloadLeft;

    /// <summary>
    /// Called for each frame except a close, with whether it ends a message. If it returns false, nothing more is read from this client.
    /// </summary>
    public Func<bool, bool>? Counts { get; set; }

    /// <summary>
    /// What the stream awaits before it ends after <see cref="Counts"/> returned false, so that the client still gets a close frame.
    /// </summary>
    public Func<Task>? Ending { get; set; }

    /// <summary>Whether the client's close frame had no code (1005 in RFC 6455 §7.1.5).</summary>
    public bool ClosedWithoutCode { get; private set; }

    /// <summary>Reads bytes that arrived.</summary>
    /// <returns>False if nothing more must be read, including these bytes.</returns>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_payloadLeft > 0)
            {
                var skipped = (int)Math.Min(_payloadLeft, (ulong)bytes.Length);
                _payloadLeft -= (ulong)skipped;
                bytes = bytes[skipped..];
                continue;
            }

            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            if (_headerLength < 2 || _headerLength < HeaderLength()) continue;
            _headerLength = 0;
            _payloadLeft = PayloadLength();
            if (!Frame()) return false;
        }

        return true;
    }

    private bool Frame()
    {
        var (final, opcode) = ((_header[0] & 0x80) != 0, _header[0] & 0x0F);
        if (opcode == Close)
        {
            ClosedWithoutCode = _payloadLeft == 0;
            return true;
        }

        return Counts is null || Counts(final && opcode < Close);
    }

    private int HeaderLength() => 2 + LongerLength() + ((_header[1] & 0x80) != 0 ? 4 : 0);

    private int LongerLength() => (_header[1] & 0x7F) switch
    {
        126 => 2,
        127 => 8,
        _ => 0,
    };

    private ulong PayloadLength() => LongerLength() switch
    {
        2 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
        8 => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
        _ => (ulong)(_header[1] & 0x7F),
    };
}
