using System.Buffers;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>The framing of streams: how the network cuts the bytes changes nothing.</summary>
internal sealed class StreamTarget : FuzzTarget
{
    public override string Name => "stream";

    // Several messages, one after the other.
    public override IEnumerable<byte[]> Corpus =>
        Vector.Names.Select(Vector.Read).Chunk(3).Select(messages => messages.SelectMany(bytes => bytes).ToArray());

    public override void Run(ReadOnlySpan<byte> input)
    {
        for (var rest = input; rest.Length > 0;)
        {
            var frame = StreamFraming.ReadFrame(rest, out var length);
            Assert.InRange(length, 0, StreamFraming.MaxFrameLength);
            ReadsTheSameInParts(rest, frame, length);
            if (frame != StreamFrame.Complete) return;

            Assert.InRange(length, ChannelData.HeaderLength, rest.Length);
            rest = rest[length..];
        }
    }

    private static void ReadsTheSameInParts(ReadOnlySpan<byte> stream, StreamFrame expected, int expectedLength)
    {
        // Byte by byte as long as the prefix lasts: what is known early stays true.
        for (var available = 0; available < int.Min(stream.Length, 8); available++)
        {
            var early = StreamFraming.ReadFrame(stream[..available], out var length);
            if (early == StreamFrame.Invalid) Assert.Equal(StreamFrame.Invalid, expected);
            if (length > 0 && expected != StreamFrame.Invalid) Assert.Equal(expectedLength, length);
        }

        var half = stream.Length / 2;
        var first = new Segment(stream[..half].ToArray());
        var last = first.Then(stream[half..].ToArray());
        var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        Assert.Equal((expected, expectedLength), (StreamFraming.ReadFrame(sequence, out var whole), whole));
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes) => Memory = bytes;

        public Segment Then(byte[] bytes)
        {
            var next = new Segment(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
