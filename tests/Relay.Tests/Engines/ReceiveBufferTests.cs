using System.Globalization;
using System.Text.RegularExpressions;
using Causeway.Relay.Tests.Hosting;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Tests.Engines;

/// <summary>The cost of datagrams before they are handled: memory of this process, and space in the system's queues.</summary>
[Collection(nameof(Alone))]
public partial class ReceiveBufferTests
{
    private const int Strangers = 800;
    private const int DatagramBytes = 65_000;

    [Fact]
    public async Task What_strangers_send_to_many_relayed_ports_stays_in_no_memory()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux(),
            "only Linux reports the memory of a process (/proc/PID/status)");
        var admin = FreePorts.Take();
        using var relay = new RelayProcess(
            [
                "--relay:secrets:0", TestRelay.Secret, "--relay:listeners:0:address", "127.0.0.1", "--relay:listeners:0:port", "0",
                "--relay:admin", $"127.0.0.1:{admin}", "--relay:quotas:allocationsPerSubject", "10000",
                "--relay:allowPeers:0", "127.0.0.0/8", "--relay:drainDeadline", "00:00:00",
            ],
            []);
        var listening = Address().Match(await relay.LineAsync(Address()));
        var server = TransportAddress.Parse(listening.Groups[1].Value);
        var relayed = new List<TransportAddress>();
        var clients = new List<TurnClient>();
        try
        {
            for (var i = 0; i < Strangers; i++)
            {
                clients.Add(
                    await TurnClient.ConnectAsync(
                        new() { Server = server, Credentials = TestRelay.Credentials(), AutoRefresh = false }, Deadline.Token));
                relayed.Add((await clients[^1].AllocateAsync(cancellation: Deadline.Token)).Relayed[0]);
            }

            using var stranger = new TestPeer();
            var datagram = new byte[DatagramBytes];
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{admin}") };
            // The first ones run code that isn't compiled yet, and allocate buffers.
            await SendAsync(relayed[..50], 50);
            var before = ResidentBytes(relay.Id);
            await SendAsync(relayed[50..], Strangers);
            var grown = ResidentBytes(relay.Id) - before;

            const long Sent = (Strangers - 50L) * DatagramBytes;
            Assert.True(grown < Sent / 4, $"{Sent} bytes came from strangers, and the process grew by {grown}");

            async Task SendAsync(List<TransportAddress> ports, int handled)
            {
                foreach (var port in ports) stranger.Send(port, datagram);
                await TestWait.UntilAsync(async () =>
                    (await http.GetStringAsync("/metrics", Deadline.Token)).Contains(
                        $"causeway_relay_packets_total{{direction=\"from_peers\"}} {handled}\n", StringComparison.Ordinal));
            }
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(4096, false)]
    [InlineData(200 * 1024, true)]
    public async Task A_burst_that_a_socket_has_no_room_for_is_counted_to_the_datagram(int bytes, bool fits)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux reports drops (SO_MEMINFO)");
        const int Burst = 100;
        using var gate = new Gate();
        var options = TestRelay.Options(shards: 1, buffers: new() { RelayBytes = bytes });
        await using var relay = await TestRelay.StartAsync(options, loggers: gate);
        await using var client = await relay.AllocateAsync();
        using var peer = new TestPeer();
        await client.PermitAsync(peer.Address.Ip, Deadline.Token);

        // Another client's allocation is logged under the shard's lock, which blocks until the burst is over.
        gate.Close();
        await using var other = await relay.ConnectAsync();
        var allocating = other.AllocateAsync(cancellation: Deadline.Token);
        await gate.Reached;
        for (var i = 0; i < Burst; i++) peer.Send(client.Allocation!.Relayed[0], "a datagram of a burst");
        gate.Open();
        await allocating;

        // What the relay read, and what the system dropped, which is polled every second.
        await TestWait.UntilAsync(() => Handled() + relay.Host.EngineCounters.ReceiveBufferFull >= Burst);
        Assert.Equal(Burst, Handled() + relay.Host.EngineCounters.ReceiveBufferFull);
        Assert.Equal(fits, relay.Host.EngineCounters.ReceiveBufferFull == 0);
        Assert.Contains(relay.Host.Metrics.All.SelectMany(metric => metric.Read()), sample =>
            sample.Label is { Value: "receive_buffer_full" } && sample.Value == relay.Host.EngineCounters.ReceiveBufferFull);

        long Handled() => relay.Host.Counters.Sum(counters => counters.FromPeers.Packets);
    }

    private static long ResidentBytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024;
    }

    [GeneratedRegex(@"Listening on Udp (127\.0\.0\.1:\d+)")]
    private static partial Regex Address();

    /// <summary>A log that blocks the message of a created allocation while it is closed.</summary>
    private sealed class Gate : ILoggerFactory, ILogger
    {
        private readonly ManualResetEventSlim _open = new(true);
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(Deadline.Token);

        public void Close() => _open.Reset();

        public void Open() => _open.Set();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name != "AllocationCreated" || _open.IsSet) return;
            _reached.TrySetResult();
            _open.Wait(Deadline.Token);
        }

        public void Dispose() => _open.Set();
    }
}
