using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Causeway.Turn.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Heartbeats;

/// <summary>Signalling that is unreachable, or an impostor. (Tests of signalling cover the rest with the real one.)</summary>
public sealed class UnreachableSignallingTests : IDisposable
{
    private readonly string _keys = Path.GetTempFileName();

    public UnreachableSignallingTests() => File.WriteAllText(_keys, "the key of now, forty-three characters long\n");

    public void Dispose() => File.Delete(_keys);

    [Fact]
    public async Task A_relay_relays_without_it_and_says_so_once()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await TestRelay.StartAsync(Options($"http://127.0.0.1:{FreePorts.Take()}"), time: clock, loggers: logs);
        await TestWait.UntilAsync(() => Failures(logs).Any());
        for (var i = 0; i < 5; i++) clock.Advance(TimeSpan.FromSeconds(20));

        await using var client = await relay.AllocateAsync();
        // The relay probes itself meanwhile, and a probe has an allocation for a moment.
        await TestWait.UntilAsync(() => relay.Host.Allocations == 1);
        Assert.Contains("cannot be reached", Assert.Single(Failures(logs)), StringComparison.Ordinal);
        Assert.False(relay.Host.IsDraining);
    }

    [Fact]
    public async Task A_relay_that_came_up_first_asks_again_at_once_and_not_an_interval_later()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        using var signalling = new Socket(SocketType.Stream, ProtocolType.Tcp);
        signalling.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // Longer than the test waits.
        await using var relay = await TestRelay.StartAsync(
            Options($"http://{signalling.LocalEndPoint}", TimeSpan.FromMinutes(1)), loggers: logs);
        await TestWait.UntilAsync(() => Failures(logs).Any());

        signalling.Listen();
        using var asked = await signalling.AcceptAsync(Deadline.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Deadline.Token);
        Assert.True(asked.Connected);
    }

    [Fact]
    public async Task Until_signalling_has_heard_of_a_relay_it_is_asked_four_times_a_second()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        var clock = new TimersClock();
        await using var relay = await TestRelay.StartAsync(Options($"http://127.0.0.1:{FreePorts.Take()}"), time: clock, loggers: logs);
        await TestWait.UntilAsync(() => Failures(logs).Any());

        // A fifth of it is random.
        await TestWait.UntilAsync(
            () => clock.Waits.Any(wait => wait >= TimeSpan.FromMilliseconds(199) && wait <= TimeSpan.FromMilliseconds(251)));
    }

    // Records the delays.
    private sealed class TimersClock() : FakeTimeProvider(DateTimeOffset.UtcNow)
    {
        public ConcurrentQueue<TimeSpan> Waits { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Enqueue(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    [Fact]
    public async Task An_answer_without_the_key_commands_nothing()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        using var impostor = new Socket(SocketType.Stream, ProtocolType.Tcp);
        impostor.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        impostor.Listen();
        var answering = AnswerAsync(impostor, """{"admitted":true,"drain":true,"heard":1}""");

        await using var relay = await TestRelay.StartAsync(Options($"http://{impostor.LocalEndPoint}"), loggers: logs);
        await answering;
        await TestWait.UntilAsync(() => Failures(logs).Any());

        Assert.Contains("is not signed with the same key", Assert.Single(Failures(logs)), StringComparison.Ordinal);
        Assert.False(relay.Host.IsDraining);
        Assert.DoesNotContain(logs.Lines, line => line.Contains("the key of now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_has_the_next_heartbeat_name_other_URLs()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var first = AnswerAsync(listener, "{}");
        await using var relay = await TestRelay.StartAsync(Options($"http://{listener.LocalEndPoint}"), time: clock, loggers: logs);
        Assert.Contains("\"turn:127.0.0.1:3478\"", await first, StringComparison.Ordinal);

        Assert.Empty(relay.Host.Reload(Options($"http://{listener.LocalEndPoint}", TimeSpan.FromSeconds(2), "turn:127.0.0.1:3479")));
        var changed = "Settings reloaded; changed: relay.heartbeat.turnUrls[0], relay.heartbeat.interval";
        Assert.Contains(changed, logs.Lines);
        var next = AnswerAsync(listener, "{}");
        await TestWait.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return next.IsCompleted;
        });
        Assert.Contains("\"turn:127.0.0.1:3479\"", await next, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Failures(RecordedLogs logs) =>
        logs.Lines.Where(line => line.Contains("does not accept the heartbeats", StringComparison.Ordinal));

    private static async Task<string> AnswerAsync(Socket listener, string body)
    {
        using var connection = await listener.AcceptAsync(Deadline.Token);
        var heard = new StringBuilder();
        var buffer = new byte[4096];
        while (!heard.ToString().Contains("\r\n\r\n{", StringComparison.Ordinal) || !heard.ToString().EndsWith('}'))
            heard.Append(Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer, Deadline.Token)));
        var answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            + $"Causeway-Signature: {new string('A', 43)}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        await connection.SendAsync(Encoding.ASCII.GetBytes(answer), Deadline.Token);
        connection.Shutdown(SocketShutdown.Send);
        return heard.ToString();
    }

    private RelayOptions Options(string signalling, TimeSpan? interval = null, string turnUrl = "turn:127.0.0.1:3478")
    {
        var usual = TestRelay.Options(shards: 1);
        return new()
        {
            Realm = usual.Realm,
            Listeners = [usual.Listeners[0]],
            Addresses = usual.Addresses,
            Secrets = usual.Secrets,
            AllowPeers = usual.AllowPeers,
            Shards = 1,
            DrainDeadline = TimeSpan.Zero,
            Heartbeat = new()
            {
                Urls = [signalling],
                KeysFile = _keys,
                TurnUrls = [turnUrl],
                Interval = interval ?? TimeSpan.FromSeconds(5),
            },
        };
    }
}
