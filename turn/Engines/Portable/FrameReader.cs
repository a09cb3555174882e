using System.Buffers;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Cuts what a connection receives into frames, where they lie. It holds a buffer only while there are bytes: a silent client costs none,
/// one that has sent half
/// a frame as much as the frame takes.
/// </summary>
internal sealed class FrameReader(PortableEngine engine, StreamConnection connection)
{
    // Enough for every request, and for about a dozen packets of media at once; a frame that is longer gets more.
    private const int UsualBytes = 16 * 1024;

    private readonly SendAddresses _addresses = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;

    private enum Outcome
    {
        Wanting,
        AnswerBound,
        Invalid,
    }

    /// <summary>Reads until the client ends the stream, or it makes no sense.</summary>
    public async Task RunAsync(Stream stream)
    {
        try
        {
            while (true)
            {
                if (_buffer is null)
                {
                    // Nothing is left of a frame: what comes next is waited for without a buffer.
#pragma warning disable CA2022 // Nothing is read: it ends when there is something to read.
                    await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
                    Rent(UsualBytes);
                }

                var read = await stream.ReadAsync(_buffer.AsMemory(_end..^Packet.Tailroom));
                if (read == 0) return;

                _end += read;
                Outcome outcome;
                while ((outcome = HandleFrames()) == Outcome.AnswerBound) await connection.AnswersTakenAsync();
                if (outcome == Outcome.Invalid)
                {
                    engine.Counters.CountBadFrame();
                    return;
                }
            }
        }
        finally
        {
            Free();
        }
    }

    /// <summary>Handles the whole frames, and makes room for the rest of the last one.</summary>
    private Outcome HandleFrames()
    {
        while (_start < _end)
        {
            var frame = StreamFraming.ReadFrame(_buffer.AsSpan(_start.._end), out var length);
            if (frame == StreamFrame.Invalid || !IsServed(length)) return Outcome.Invalid;
            if (frame == StreamFrame.Incomplete)
            {
                MakeRoom(Math.Max(length, UsualBytes - Packet.Headroom - Packet.Tailroom));
                return Outcome.Wanting;
            }

            // A frame's length is a multiple of four, so padding a payload never reaches into the next frame.
            var packet = new Packet(_buffer.AsSpan((_start - Packet.Headroom)..(_start + length + Packet.Tailroom)), length);
            _start += length;
            connection.Receive(ref packet, _addresses);
            if (connection.IsAnswerBound) return Outcome.AnswerBound;
        }

        Free();
        return Outcome.Wanting;
    }

    /// <summary>
    /// A client that never had an allocation has no channel, and no message of it is long. What begins like ChannelData there is another
    /// protocol: the letters of
    /// HTTP, SSH and PROXY do.
    /// </summary>
    private bool IsServed(int length) =>
        connection.HadAllocation || (length <= StunConstants.MaxRequestLength && !ChannelData.IsMatch(_buffer.AsSpan(_start.._end)));

    /// <summary>Moves the beginning of a frame to the front of a buffer that the whole frame fits into.</summary>
    private void MakeRoom(int frame)
    {
        var (old, start, length) = (_buffer!, _start, _end - _start);
        if (Packet.Headroom + frame + Packet.Tailroom > old.Length) Rent(Packet.Headroom + frame + Packet.Tailroom);
        old.AsSpan(start, length).CopyTo(_buffer.AsSpan(Packet.Headroom));
        (_start, _end) = (Packet.Headroom, Packet.Headroom + length);
        if (old != _buffer) ArrayPool<byte>.Shared.Return(old);
    }

    private void Rent(int bytes)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        // Frames begin behind the headroom at the earliest, so that headers can be put before their payload in place.
        _start = _end = Packet.Headroom;
    }

    private void Free()
    {
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }
}
