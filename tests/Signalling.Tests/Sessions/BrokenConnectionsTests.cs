using System.Text;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using CsCheck;

namespace Causeway.Signalling.Tests.Sessions;

/// <summary>
/// The promise of docs/protocol.md, "Nothing lost, nothing doubled", under whatever order of sending, reading and breaking.
/// </summary>
public class BrokenConnectionsTests
{
    private enum Step
    {
        Send,
        Read,
        Acknowledge,
        Break,
        TakeOver,
    }

    [Fact]
    public async Task Every_signal_is_processed_once_and_in_order_however_connections_break()
    {
        await using var server = await TestServer.StartAsync(("limits:messagesPerSecond", "100000"));
        var rooms = 0;

        await Gen.Select(Gen.Int[0, 1], Gen.Int[0, 4]).Array[1, 40].SampleAsync(
            async steps =>
            {
                var room = $"room-{Interlocked.Increment(ref rooms)}";
                using var ann = await Peer.JoinAsync(server, room);
                using var bob = await Peer.JoinAsync(server, room);
                (ann.Other, bob.Other) = (bob.Member, ann.Member);

                foreach (var (who, step) in steps)
                {
                    var peer = who == 0 ? ann : bob;
                    await ((Step)step switch
                    {
                        Step.Send => peer.SendAsync(),
                        Step.Read => peer.ReadAsync(),
                        Step.Acknowledge => peer.AcknowledgeAsync(),
                        Step.Break => peer.ComeBackAsync(breakFirst: true),
                        _ => peer.ComeBackAsync(breakFirst: false),
                    });
                }

                for (var round = 0; round < 3; round++)
                {
                    foreach (var peer in new[] { ann, bob })
                    {
                        await peer.ReadAsync();
                        await peer.AcknowledgeAsync();
                    }
                }

                Assert.Equal(ann.Sent, bob.Processed);
                Assert.Equal(bob.Sent, ann.Processed);
                Assert.Equal((0, 0), (ann.Waiting, bob.Waiting));
                await ann.LeaveAsync();
                await bob.LeaveAsync();
            },
            iter: 60,
            threads: 1);
    }

    // A client that does what docs/protocol.md asks of it.
    private sealed class Peer : IDisposable
    {
        private readonly TestServer _server;
        private readonly string _room;
        private readonly Queue<(long Seq, string Payload)> _outbox = new();
        private TestClient _client;
        private long _processed;

        private Peer(TestServer server, string room, TestClient client) => (_server, _room, _client) = (server, room, client);

        public string Member => _client.Member;

        public string Other { get; set; } = "";

        public List<string> Sent { get; } = [];

        public List<string> Processed { get; } = [];

        public int Waiting => _outbox.Count;

        public static async Task<Peer> JoinAsync(TestServer server, string room) => new(server, room, await server.JoinAsync(room));

        public async Task SendAsync()
        {
            var payload = $"\"{Member} {Sent.Count + 1}\"";
            Sent.Add(payload);
            _outbox.Enqueue((Sent.Count, payload));
            await _client.SendSignalAsync(Other, Sent.Count, payload, _processed);
        }

        public async Task ReadAsync()
        {
            foreach (var message in await _client.DrainAsync())
            {
                switch (message)
                {
                    case Signal signal:
                        Acknowledged(signal.Ack);
                        Assert.True(signal.Seq <= _processed + 1, "a signal was left out");
                        if (signal.Seq <= _processed) break;
                        _processed = signal.Seq;
                        Processed.Add(Encoding.UTF8.GetString(signal.Payload.Utf8.Span));
                        break;
                    case Ack ack:
                        Acknowledged(ack.Upto);
                        break;
                    case Error error:
                        Assert.Fail(error.Message);
                        break;
                }
            }
        }

        public Task AcknowledgeAsync() => _client.SendAsync(new SendAck(Other, _processed));

        public async Task ComeBackAsync(bool breakFirst)
        {
            var earlier = _client;
            if (breakFirst) earlier.Break();
            _client = await _server.ConnectAsync();
            Assert.True((await _client.HelloAsync(_room, null, earlier.Welcomed.Session)).Resumed);
            if (!breakFirst) earlier.Dispose();
            foreach (var (seq, payload) in _outbox) await _client.SendSignalAsync(Other, seq, payload, _processed);
        }

        public async Task LeaveAsync()
        {
            await _client.SendAsync(new Leave());
            await _client.ReceiveCloseAsync();
        }

        public void Dispose() => _client.Dispose();

        private void Acknowledged(long upto)
        {
            while (_outbox.TryPeek(out var oldest) && oldest.Seq <= upto) _outbox.Dequeue();
        }
    }
}
