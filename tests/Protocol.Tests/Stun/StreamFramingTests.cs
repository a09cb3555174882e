using System.Buffers;
using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Stun;

public class StreamFramingTests
{
    [Fact]
    public void No_message_begins_as_a_TLS_handshake_does()
    {
        // The first byte of every method and class, and of every channel (RFC 7983 §7).
        byte[] stun = [.. Enum.GetValues<StunMethod>().SelectMany(method => Enum.GetValues<StunClass>().Select(of => First(method, of)))];
        Assert.All(stun, first => Assert.False(StreamFraming.IsTls(first)));
        Assert.All(Enumerable.Range(0x40, 0x40), first => Assert.False(StreamFraming.IsTls((byte)first)));
        Assert.Equal([22], Enumerable.Range(0, 256).Where(first => StreamFraming.IsTls((byte)first)));

        static byte First(StunMethod method, StunClass messageClass)
        {
            Span<byte> buffer = stackalloc byte[StunConstants.HeaderLength];
            var writer = new StunWriter(buffer, messageClass, method, new(1, 2));
            Assert.True(writer.TryFinish(out _));
            return buffer[0];
        }
    }

    [Theory]
    [InlineData("", StreamFrame.Incomplete, 0)]
    [InlineData("00", StreamFrame.Incomplete, 0)]
    [InlineData("000100", StreamFrame.Incomplete, 0)]
    [InlineData("00010000", StreamFrame.Incomplete, 20)]
    [InlineData("000100002112a442000000000000000000000000", StreamFrame.Complete, 20)]
    [InlineData("000100002112a442000000000000000000000000ff", StreamFrame.Complete, 20)]
    [InlineData("000100042112a442000000000000000000000000", StreamFrame.Incomplete, 24)]
    [InlineData("40000000", StreamFrame.Complete, 4)]
    [InlineData("40000001aa", StreamFrame.Incomplete, 8)]
    [InlineData("40000001aa0000", StreamFrame.Incomplete, 8)]
    [InlineData("40000001aa000000", StreamFrame.Complete, 8)]
    [InlineData("40000004aabbccdd", StreamFrame.Complete, 8)]
    [InlineData("40000004aabbccdd80", StreamFrame.Complete, 8)]
    public void A_frame_is_complete_when_its_padding_is_there(string hex, StreamFrame expected, int length)
    {
        Assert.Equal(expected, StreamFraming.ReadFrame(Convert.FromHexString(hex), out var frameLength));
        Assert.Equal(length, frameLength);
    }

    [Theory]
    [InlineData("80")] // RTP
    [InlineData("c0000000")]
    [InlineData("16030100f1010000")] // a TLS record where none is expected
    [InlineData("000100002112a443")]
    public void An_invalid_frame_is_recognised_as_soon_as_possible(string hex)
    {
        Assert.Equal(StreamFrame.Invalid, StreamFraming.ReadFrame(Convert.FromHexString(hex), out var frameLength));
        Assert.Equal(0, frameLength);
    }

    [Fact]
    public void Http_looks_like_ChannelData_until_its_channel_is_looked_up()
    {
        Assert.Equal(StreamFrame.Incomplete, StreamFraming.ReadFrame("GET / HTTP/1.1"u8, out var frameLength));
        Assert.Equal(4 + ('T' << 8 | ' '), frameLength);
    }

    [Theory]
    [InlineData("4000ffdc", 65_504)]
    [InlineData("4000ffdd", 65_508)] // 4 + 65,501, padded
    [InlineData("4000ffe3", 65_512)] // the largest payload of a datagram over IPv4
    [InlineData("4000ffff", 65_540)]
    [InlineData("0001ffcc", 65_504)]
    [InlineData("0001ffd0", 65_508)]
    [InlineData("0001fffc", StreamFraming.MaxFrameLength)]
    public void A_frame_may_be_as_long_as_its_length_field_says(string hex, int length)
    {
        Assert.Equal(StreamFrame.Incomplete, StreamFraming.ReadFrame(Convert.FromHexString(hex), out var frameLength));
        Assert.Equal(length, frameLength);
    }

    [Fact]
    public void A_stream_is_cut_into_the_frames_it_was_made_of_however_it_arrives() =>
        Gen.Select(Gen.Select(Gen.Bool, Gen.Int[0, 300]).Array[1, 8], Gen.Int[1, 64]).Sample((frames, piece) =>
        {
            var stream = frames.SelectMany(frame => frame.Item1 ? Stun(frame.Item2) : Channel(frame.Item2)).ToArray();
            var expected = frames.Select(frame => (frame.Item1 ? Stun(frame.Item2) : Channel(frame.Item2)).Length);

            var found = new List<int>();
            var start = 0;
            for (var end = 0; end <= stream.Length; end++)
            {
                var span = StreamFraming.ReadFrame(stream.AsSpan(start, end - start), out var length);
                var pieces = StreamFraming.ReadFrame(InPieces(stream[start..end], piece), out var lengthOfPieces);
                Assert.Equal((span, length), (pieces, lengthOfPieces));
                Assert.NotEqual(StreamFrame.Invalid, span);
                if (span != StreamFrame.Complete) continue;

                Assert.Equal(end - start, length);
                found.Add(length);
                start = end;
            }

            Assert.Equal(expected, found);
            Assert.Equal(stream.Length, start);
        }, iter: 200);

    [Fact]
    public void Any_bytes_are_judged_without_an_exception_and_never_as_longer_than_the_bound() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            var frame = StreamFraming.ReadFrame(bytes, out var length);
            Assert.InRange(length, 0, StreamFraming.MaxFrameLength);
            if (frame == StreamFrame.Complete) Assert.InRange(length, 4, bytes.Length);
        });

    private static byte[] Stun(int seed)
    {
        var message = new byte[20 + seed / 4 * 4];
        message[1] = 1;
        message[2] = (byte)((message.Length - 20) >> 8);
        message[3] = (byte)(message.Length - 20);
        Convert.FromHexString("2112a442").CopyTo(message, 4);
        return message;
    }

    private static byte[] Channel(int length)
    {
        var message = new byte[(4 + length + 3) / 4 * 4];
        ChannelData.WriteHeader(message, 0x4000, length);
        return message;
    }

    private static ReadOnlySequence<byte> InPieces(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, int.Min(size, bytes.Length)), null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = new(bytes.AsMemory(at, int.Min(size, bytes.Length - at)), last);
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
