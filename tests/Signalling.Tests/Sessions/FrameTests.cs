using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Sessions;

/// <summary>
/// What the framework's WebSocket does not tell: pings, pongs, the pieces of messages (RFC 6455 §5), sent over a plain connection.
/// </summary>
public class FrameTests
{
    private const byte Continuation = 0x0, Text = 0x1, Close = 0x8, Ping = 0x9, Pong = 0xA, Final = 0x80;

    [Theory]
    [InlineData(Final | Ping)]
    [InlineData(Final | Pong)]
    [InlineData(Continuation)]
    public async Task Who_floods_with_frames_that_are_no_messages_is_closed_as_too_fast(byte frame)
    {
        await using var server = await TestServer.StartAsync(("limits:messagesPerSecond", "10"));
        using var ann = await server.JoinAsync("tea");
        await using var bob = await RawClient.JoinAsync(server, "tea");
        var joined = await ann.ReceiveAsync<Joined>();
        if (frame == Continuation) await bob.SendAsync(Text, "{"u8.ToArray());

        for (var i = 0; i < 31; i++) await bob.SendAsync(frame, []);

        Assert.Equal(CloseCode.TooFast, await bob.ReceiveCloseAsync());
        await bob.SendAsync(Final | Close, [0x03, 0xE8]);
        Assert.Equal(new(joined.Member, "removed"), await ann.ReceiveAsync<Left>());
    }

    [Fact]
    public async Task A_flood_that_goes_on_after_the_close_is_not_read()
    {
        await using var server = await TestServer.StartAsync(("limits:messagesPerSecond", "10"));
        using var ann = await server.JoinAsync("tea");
        await using var bob = await RawClient.JoinAsync(server, "tea");
        await ann.ReceiveAsync<Joined>();

        // More than the system's own buffers between the two take: who still read would take all of it.
        var flood = RawClient.Frame(Final | Ping, []).ToArray();
        var pings = Enumerable.Repeat(flood, 10_000).SelectMany(ping => ping).ToArray();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++) await bob.SendRawAsync(pings);
        }, TestContext.Current.CancellationToken);
        Assert.Equal(CloseCode.TooFast, await bob.ReceiveCloseAsync());
        Assert.Empty(await ann.DrainAsync());
        Assert.False(sending.IsCompletedSuccessfully);

        server.Clock.Advance(Connection.CloseDeadline);
        Assert.Equal("removed", (await ann.ReceiveAsync<Left>()).Reason);
        await Assert.ThrowsAnyAsync<IOException>(() => sending);
    }

    [Fact]
    public async Task Who_pings_as_often_as_messages_may_come_is_answered_and_left_alone()
    {
        await using var server = await TestServer.StartAsync(("limits:messagesPerSecond", "10"));
        await using var bob = await RawClient.JoinAsync(server, "tea");

        for (var second = 0; second < 20; second++)
        {
            for (var i = 0; i < 10; i++) await bob.SendAsync(Final | Ping, [(byte)i]);
            for (var i = 0; i < 10; i++) Assert.Equal([(byte)i], await bob.ReceiveAsync(Pong));
            server.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65_535, 4)]
    [InlineData(65_536, 10)]
    public void Frames_are_found_at_every_length_and_however_they_are_cut(int payload, int header)
    {
        byte[] stream =
        [
            .. Frame(Final | Text, payload), .. Frame(Final | Ping, 5), .. Frame(Text, payload), .. Frame(Continuation, 1),
            .. Frame(Final | Continuation, 0),
        ];
        Assert.Equal(header + 4 + payload, Frame(Final | Text, payload).Length);

        foreach (var piece in new[] { 1, 2, 3, 7, 1000, stream.Length })
        {
            var seen = new List<bool>();
            var meter = new FrameMeter { Counts = ends => { seen.Add(ends); return true; } };
            foreach (var part in stream.Chunk(piece)) Assert.True(meter.Read(part));
            Assert.Equal([true, false, false, false, true], seen);
        }

        static byte[] Frame(byte first, int length) => RawClient.Frame(first, Enumerable.Repeat((byte)0x89, length).ToArray()).ToArray();
    }

    [Fact]
    public void A_close_frame_with_a_code_is_told_from_one_without()
    {
        var (with, without) = (new FrameMeter(), new FrameMeter());

        Assert.True(with.Read(RawClient.Frame(Final | Close, [0x03, 0xE8]).ToArray()));
        Assert.True(without.Read(RawClient.Frame(Final | Close, []).ToArray()));

        Assert.Equal((false, true), (with.ClosedWithoutCode, without.ClosedWithoutCode));
    }

    /// <summary>A client that sends frames of its own making.</summary>
    private sealed class RawClient : IAsyncDisposable
    {
        private readonly TcpClient _client = new() { NoDelay = true };
        private NetworkStream _stream = null!;

        public static async Task<RawClient> JoinAsync(TestServer server, string room)
        {
            var client = new RawClient();
            await client._client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
            client._stream = client._client.GetStream();
            var request = $"GET /ws HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + $"Sec-WebSocket-Protocol: {SignallingProtocol.Subprotocol}\r\n\r\n";
            await client.SendRawAsync(Encoding.ASCII.GetBytes(request));
            var head = new StringBuilder();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await client.ReadAsync(1))[0]);
            Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
            await client.SendAsync(Final | Text, Encoding.UTF8.GetBytes($$"""{"type":"hello","room":"{{room}}"}"""));
            Assert.Contains("welcome", Encoding.UTF8.GetString(await client.ReceiveAsync(Text)), StringComparison.Ordinal);
            return client;
        }

        public static IEnumerable<byte> Frame(byte first, byte[] payload)
        {
            yield return first;
            var length = new byte[8];
            switch (payload.Length)
            {
                case < 126:
                    yield return (byte)(0x80 | payload.Length);
                    break;
                case <= ushort.MaxValue:
                    yield return 0x80 | 126;
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
                    foreach (var part in length[..2]) yield return part;
                    break;
                default:
                    yield return 0x80 | 127;
                    BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
                    foreach (var part in length) yield return part;
                    break;
            }

            // A mask of zeros.
            for (var i = 0; i < 4; i++) yield return 0;
            foreach (var part in payload) yield return part;
        }

        public Task SendAsync(byte first, byte[] payload) => SendRawAsync(Frame(first, payload).ToArray());

        public async Task SendRawAsync(byte[] bytes) => await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

        /// <summary>The payload of the next frame of this kind; others are passed over.</summary>
        public async Task<byte[]> ReceiveAsync(byte opcode)
        {
            while (true)
            {
                var head = await ReadAsync(2);
                var length = head[1] switch
                {
                    126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
                    127 => (int)BinaryPrimitives.ReadUInt64BigEndian(await ReadAsync(8)),
                    var small => small,
                };
                var payload = await ReadAsync(length);
                if ((head[0] & 0x0F) == opcode) return payload;
            }
        }

        public async Task<CloseCode> ReceiveCloseAsync() => (CloseCode)BinaryPrimitives.ReadUInt16BigEndian(await ReceiveAsync(Close));

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<byte[]> ReadAsync(int length)
        {
            var bytes = new byte[length];
            await _stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            return bytes;
        }
    }
}
