using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Client;

public class TurnClientTests
{
    [Fact]
    public void Requests_are_repeated_as_RFC_8489_says()
    {
        var standard = Retransmission.Default;
        Assert.Equal(
            [500, 1000, 2000, 4000, 8000, 16000, 8000],
            Enumerable.Range(0, standard.Count).Select(send => (int)standard.Wait(send).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(39.5), standard.Timeout);
    }

    [Fact]
    public async Task A_request_that_nobody_answers_is_sent_seven_times_and_given_up()
    {
        var time = new FakeTimeProvider();
        var silent = new SilentTransport();
        await using var client = new TurnClient(silent, new() { Server = TransportAddress.Parse("192.0.2.1:3478"), TimeProvider = time });

        var asking = client.BindingAsync(Deadline.Token);
        while (!asking.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            // Lets the client's continuation run before the clock advances.
            await Task.WhenAny(asking, SilentTransport.SettledAsync());
        }

        var refusal = await Assert.ThrowsAsync<TurnException>(() => asking);
        Assert.Equal(TurnFailure.TimedOut, refusal.Failure);
        Assert.Equal(7, silent.Sent.Count);
        Assert.Single(silent.Sent.Select(Convert.ToHexString).Distinct());
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_said_at_once()
    {
        var unused = new TransportAddress(TestRelay.Loopback(IpFamily.IPv4), (ushort)FreePorts.Take());
        foreach (var transport in new[] { ClientTransport.Udp, ClientTransport.Tcp })
        {
            var refusal = await Assert.ThrowsAsync<TurnException>(async () =>
            {
                await using var client = await TurnClient.ConnectAsync(new() { Server = unused, Transport = transport }, Deadline.Token);
                await client.BindingAsync(Deadline.Token);
            });
            Assert.Equal(TurnFailure.Unreachable, refusal.Failure);
            Assert.Contains($"{unused}: nothing listens on this port", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_speaks_http_is_recognised_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = await TurnClient.ConnectAsync(
            new()
            {
                Server = TransportAddress.From((IPEndPoint)listener.LocalEndpoint),
                Transport = ClientTransport.Tcp,
                Retransmission = TestRelay.SentOnce,
            },
            Deadline.Token);
        using var server = await listener.AcceptSocketAsync(Deadline.Token);
        var asking = client.BindingAsync(Deadline.Token);
        // Shorter than the 21,588 bytes that it would have as ChannelData, and the connection stays open.
        await server.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Deadline.Token);

        var failure = await Assert.ThrowsAsync<TurnException>(() => asking);
        Assert.Equal(TurnFailure.BadAnswer, failure.Failure);
    }

    [Theory]
    [InlineData("MD5")]
    [InlineData("SHA-256")]
    public async Task Either_password_algorithm_will_do(string name)
    {
        await using var relay = await TestRelay.StartAsync();
        await using var client = await relay.AllocateAsync(
            relay.ClientOptions() with { PasswordAlgorithms = [PasswordAlgorithm.All.Single(algorithm => algorithm.Name == name)] });
        Assert.Equal(1, relay.Host.Allocations);
    }

    [Fact]
    public async Task A_nonce_that_went_stale_is_replaced()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await TestRelay.StartAsync(time: time);
        await using var client = await relay.AllocateAsync(
            relay.ClientOptions() with
            {
                Credentials = TestRelay.Credentials(lifetime: TimeSpan.FromDays(1)),
                Retransmission = TestRelay.SentOnce,
            });
        await client.ReleaseAsync(Deadline.Token);

        time.Advance(TimeSpan.FromHours(2));
        await client.AllocateAsync(cancellation: Deadline.Token);
        Assert.Equal(1, relay.Host.Counters.Sum(counters => counters.Errors(StunErrorCode.StaleNonce)));
    }

    [Fact]
    public async Task Allocation_permissions_and_channels_are_refreshed_in_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await TestRelay.StartAsync(time: time);
        await using var client = await relay.AllocateAsync(
            relay.ClientOptions() with { TimeProvider = time, Credentials = TestRelay.Credentials(lifetime: TimeSpan.FromDays(1)) });
        using var peer = new TestPeer();
        await client.PermitAsync(IpAddress.Parse("127.0.0.9"), Deadline.Token);
        await client.BindChannelAsync(peer.Address, Deadline.Token);

        // Beyond all lifetimes: 10 minutes for allocation and channel, 5 for the permission.
        await TestWait.UntilAsync(() =>
        {
            // The clock doesn't advance during a request, so that it doesn't time out on a busy machine.
            if (client.PendingRequests == 0) time.Advance(TimeSpan.FromSeconds(5));
            return relay.Host.Counters.Sum(counters => counters.Successes(StunMethod.Refresh)) >= 4 && client.PendingRequests == 0;
        });

        Assert.Null(client.RefreshFailure);
        await client.SendAsync(peer.Address, "still relayed");
        Assert.Equal("still relayed", (await peer.ReceiveTextAsync()).Text);
    }

    [Fact]
    public async Task An_allocation_may_have_an_address_of_each_family()
    {
        TestRelay.SkipWithout(IpFamily.IPv6);
        await using var relay = await TestRelay.StartAsync(new()
        {
            Listeners = [new() { Address = "127.0.0.1", Port = 0 }],
            Addresses = [new() { Address = "127.0.0.1" }, new() { Address = "::1" }],
            Secrets = [TestRelay.Secret],
        });
        await using var client = await relay.AllocateAsync(wish: new() { Dual = true });
        Assert.Equal([IpFamily.IPv4, IpFamily.IPv6], client.Allocation!.Relayed.Select(address => address.Family).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Allocate_asks_for_DF_if_it_is_told_to(bool dontFragment)
    {
        var silent = new SilentTransport();
        var client = new TurnClient(
            silent, new() { Server = TransportAddress.Parse("192.0.2.1:3478"), Credentials = TestRelay.Credentials() });

        var allocating = client.AllocateAsync(new() { DontFragment = dontFragment }, Deadline.Token);
        await TestWait.UntilAsync(() => !silent.Sent.IsEmpty);
        await client.DisposeAsync();

        await Assert.ThrowsAsync<TurnException>(() => allocating);
        Assert.True(StunMessage.TryRead(silent.Sent.First(), out var request));
        Assert.Equal(dontFragment, request.Has(StunAttributeType.DontFragment));
    }

    [Fact]
    public async Task Only_errors_of_permitted_peers_are_delivered()
    {
        await using var relay = await TestRelay.StartAsync();
        var transport = new InjectingTransport(new UdpTransport(relay.ClientOptions()));
        var errors = new ConcurrentQueue<TurnPeerError>();
        await using var client = new TurnClient(transport, relay.ClientOptions() with { PeerFailed = errors.Enqueue });
        var (permitted, bound) = (TransportAddress.Parse("127.0.0.8:9"), TransportAddress.Parse("127.0.0.9:9"));
        await client.AllocateAsync(cancellation: Deadline.Token);
        await client.PermitAsync(permitted.Ip, Deadline.Token);
        await client.BindChannelAsync(bound, Deadline.Token);

        transport.Inject(TransportAddress.Parse("127.0.0.7:9"), [0, 0, 6, 3, 0, 0, 0, 0]);
        transport.Inject(permitted, [0, 0, 6, 3, 0, 0, 0]);
        transport.Inject(permitted, [0, 0, 6, 4, 0, 0, 5, 0]);
        transport.Inject(bound, [0, 0, 6, 3, 0, 0, 0, 0]);
        // The client handles what was injected after the first response, and before the second.
        await client.BindingAsync(Deadline.Token);
        await client.BindingAsync(Deadline.Token);

        Assert.Equal([new(permitted, IcmpError.TooBig(IpFamily.IPv4, 1280)), new(bound, new(3, 3, 0))], errors);
    }

    /// <summary>A network that delivers more than the server sent.</summary>
    private sealed class InjectingTransport(UdpTransport inner) : ITurnTransport
    {
        private readonly ConcurrentQueue<byte[]> _injected = new();

        public ClientTransport Transport => inner.Transport;

        public TransportAddress Local => inner.Local;

        /// <summary>Delivers a Data indication with ICMP, after the next message of the server.</summary>
        public void Inject(TransportAddress peer, byte[] icmp)
        {
            var message = new byte[100];
            var writer = new StunWriter(message, StunClass.Indication, StunMethod.Data, new(1, 2));
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
            writer.Add(StunAttributeType.Icmp, icmp);
            Assert.True(writer.TryFinish(out var length));
            _injected.Enqueue(message[..length]);
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) => inner.SendAsync(message, cancellation);

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            if (!_injected.TryDequeue(out var message)) return inner.ReceiveAsync(buffer);
            message.CopyTo(buffer);
            return new(message.Length);
        }

        public TurnException Explain(Exception failure) => inner.Explain(failure);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>A network that drops everything.</summary>
    private sealed class SilentTransport : ITurnTransport
    {
        private readonly TaskCompletionSource<int> _end = new();

        public ConcurrentQueue<byte[]> Sent { get; } = new();

        public ClientTransport Transport => ClientTransport.Udp;

        public TransportAddress Local => TransportAddress.Parse("192.0.2.2:50000");

        public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            Sent.Enqueue(message.ToArray());
            return ValueTask.CompletedTask;
        }

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => new(_end.Task);

        public TurnException Explain(Exception failure) => new(TurnFailure.Closed, failure.Message);

        public static async Task SettledAsync()
        {
            for (var i = 0; i < 10; i++) await Task.Yield();
        }

        public ValueTask DisposeAsync()
        {
            _end.TrySetResult(-1);
            return ValueTask.CompletedTask;
        }
    }
}
