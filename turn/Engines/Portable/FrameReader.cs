using System.Buffers;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Cuts a connection's bytes into frames, in place. It holds a buffer only while there are bytes: an idle client costs none, one with half
/// a frame costs that frame.
/// </summary>
internal sealed class FrameReader(PortableEngine engine, StreamConnection connection)
{
    // Enough for every request, and for about a dozen packets of media at once; a longer frame gets a larger buffer.
    private const int UsualBytes = 16 * 1024;

    private readonly SendAddresses _addresses = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;

    private enum Outcome
    {
        Wanting,
        AnswerBound,
        Bound,
        Invalid,
    }

    /// <summary>Reads until the stream ends, becomes invalid, or is bound to a peer's connection.</summary>
    /// <returns>The bytes that were read behind the last frame: of a bound stream they belong to the peer.</returns>
    public async Task<byte[]> RunAsync(Stream stream)
    {
        try
        {
            while (true)
            {
                if (_buffer is null)
                {
                    // No partial frame: wait without a buffer.
#pragma warning disable CA2022 // Reads nothing; completes when there is something to read.
                    await stream.ReadAsync(Memory<byte>.Empty);
#pragma warning restore CA2022
                    Rent(UsualBytes);
                }

                var read = await stream.ReadAsync(_buffer.AsMemory(_end..^Packet.Tailroom));
                if (read == 0) return [];

                _end += read;
                Outcome outcome;
                while ((outcome = HandleFrames()) == Outcome.AnswerBound) await connection.AnswersTakenAsync();
                if (outcome == Outcome.Bound) return _buffer.AsSpan(_start.._end).ToArray();
                if (outcome == Outcome.Invalid)
                {
                    engine.Counters.CountBadFrame();
                    return [];
                }
            }
        }
        finally
        {
            Free();
        }
    }

    /// <summary>Handles complete frames, and makes room for the rest of the last one.</summary>
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
            if (connection.IsBound) return Outcome.Bound;
            if (connection.IsAnswerBound) return Outcome.AnswerBound;
        }

        Free();
        return Outcome.Wanting;
    }

    /// <summary>
    /// A client that never had an allocation has no channel and sends no long message. Bytes that look like ChannelData are another
    /// protocol then: HTTP, SSH and PROXY begin so.
    /// </summary>
    private bool IsServed(int length) =>
        connection.HadAllocation || (length <= StunConstants.MaxRequestLength && !ChannelData.IsMatch(_buffer.AsSpan(_start.._end)));

    /// <summary>Moves a partial frame to the front of a buffer that fits the whole frame.</summary>
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
        // Frames begin behind the headroom, so that headers can be written in front of the payload in place.
        _start = _end = Packet.Headroom;
    }

    private void Free()
    {
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }
}
