using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>Clients that read too slowly, and lengths that only streams have.</summary>
public abstract partial class RelayEngineContract
{
    [Fact]
    public async Task A_slow_reader_costs_itself_packets_and_in_the_end_its_connection()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(
            TestRelay.Options(streams: new() { SendBufferBytes = 64 * 1024, SendTimeout = TimeSpan.FromSeconds(30) }), time);
        // The client's receive loop blocks in its first datagram.
        using var stuck = new ManualResetEventSlim();
        await using var slow = await relay.AllocateAsync(
            relay.ClientOptions(ClientTransport.Tcp) with
            {
                Received = (_, _) => stuck.Wait(TimeSpan.FromMinutes(1)),
                SocketBufferBytes = 4096,
            });
        await using var other = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        using var peer = new TestPeer();
        // One after the other: the blocked loop can't read an answer.
        await slow.PermitAsync(peer.Address.Ip, Cancellation);
        await other.PermitAsync(peer.Address.Ip, Cancellation);

        var payload = new byte[1200];
        await TestWait.UntilAsync(() =>
        {
            for (var i = 0; i < 100; i++) peer.Send(Relayed(slow), payload);
            return relay.Host.EngineCounters.SendBufferFull > 0;
        });
        peer.Send(Relayed(other), "nothing to do with me");
        Assert.Equal("nothing to do with me", (await other.ReceiveTextAsync()).Text);

        await TestWait.UntilAsync(() =>
        {
            // Send until the system's buffers are full; from then on the time counts.
            for (var i = 0; i < 100; i++) peer.Send(Relayed(slow), payload);
            time.Advance(TimeSpan.FromMilliseconds(250));
            return relay.Host.EngineCounters.SlowReaders == 1;
        });
        await TestWait.UntilAsync(() => relay.Host.Allocations == 1);
        stuck.Set();
    }

    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task A_client_that_reads_slowly_all_the_time_keeps_its_connection_and_gets_what_is_fresh(ClientTransport transport)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var relay = await StartAsync(TestRelay.Options(streams: new() { SendTimeout = TimeSpan.FromSeconds(30) }), time);
        using var reads = new SemaphoreSlim(0);
        var (read, last) = (0, 0);
        await using var slow = await relay.AllocateAsync(relay.ClientOptions(transport) with
        {
            SocketBufferBytes = 4096,
            Received = (_, payload) =>
            {
                reads.Wait(TimeSpan.FromMinutes(1));
                last = BitConverter.ToInt32(payload);
                Interlocked.Increment(ref read);
            },
        });
        using var peer = new TestPeer();
        await slow.PermitAsync(peer.Address.Ip, Cancellation);

        // 8 packets a second are read and 50 are sent, for two minutes; about 77 kbit/s and 480 kbit/s.
        var payload = new byte[1200];
        var sent = 0;
        for (var second = 1; second <= 120; second++)
        {
            for (var i = 0; i < 50; i++)
            {
                BitConverter.TryWriteBytes(payload, ++sent);
                peer.Send(Relayed(slow), payload);
            }

            reads.Release(8);
            await TestWait.UntilAsync(() => Volatile.Read(ref read) == second * 8);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, relay.Host.EngineCounters.SlowReaders);
        Assert.True(relay.Host.EngineCounters.SendOutdated > 1000, $"{relay.Host.EngineCounters.SendOutdated} late packets were dropped");
        // The client reads data of the last few seconds: kernel buffers, and half a second of queue.
        Assert.InRange(last, sent - 1500, sent);

        // An answer isn't dropped for queued media.
        var refreshing = slow.RefreshAsync(cancellation: Cancellation);
        reads.Release(int.MaxValue / 2);
        Assert.Equal(TimeSpan.FromMinutes(10), await refreshing);
    }

    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task Who_asks_and_takes_no_answers_is_not_read_from_until_it_does(ClientTransport transport)
    {
        // No other limit must be reached first.
        await using var relay = await StartAsync(TestRelay.Options(
            quotas: new() { ChallengesPerAddress = 1_000_000 }, streams: new() { AllocationTimeout = TimeSpan.FromHours(1) }));
        using var socket = await ConnectAsync(relay, transport);
        await using var stream = await OpenAsync(socket, transport);
        var requests = Enumerable.Repeat(BindingRequest(), 1000).SelectMany(bytes => bytes).ToArray();
        const int Rounds = 50;

        // 50,000 requests: their answers exceed all buffers, so that sending blocks until they are read.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++) await stream.WriteAsync(requests, Cancellation);
        }, Cancellation);

        await TestWait.UntilAsync(() => Asked() > 1000);
        var answers = 0;
        var buffer = new byte[64 * 1024];
        var have = 0;
        while (answers < Rounds * 1000)
        {
            var came = await stream.ReadAsync(buffer.AsMemory(have), Cancellation);
            Assert.NotEqual(0, came);
            have += came;
            var start = 0;
            while (StreamFraming.ReadFrame(buffer.AsSpan(start, have - start), out var length) == StreamFrame.Complete)
            {
                start += length;
                answers++;
            }

            buffer.AsSpan(start, have - start).CopyTo(buffer);
            have -= start;
        }

        await sending;
        Assert.Equal((Rounds * 1000, 0), (Asked(), relay.Host.EngineCounters.SendBufferFull));

        long Asked() => relay.Host.Counters.Sum(counters => counters.Requests(StunMethod.Binding));
    }

    public static MatrixTheoryData<ClientTransport, bool> Forms =>
        new([ClientTransport.Udp, ClientTransport.Tcp, ClientTransport.Tls], [false, true]);

    [Theory, MemberData(nameof(Forms))]
    public async Task Every_length_that_a_datagram_has_passes_both_ways_and_harms_nothing_beside_it(ClientTransport transport, bool channel)
    {
        await using var relay = await StartAsync();
        await using var client = await relay.AllocateAsync(relay.ClientOptions(transport));
        using var peer = new TestPeer();
        if (channel) await client.BindChannelAsync(peer.Address, Cancellation);
        else await client.PermitAsync(peer.Address.Ip, Cancellation);

        // To a UDP client the header must fit into the datagram too: 4 bytes, or 36 and padding.
        int[] lengths = (transport, channel) switch
        {
            (ClientTransport.Udp, true) => [65_499, 65_500, 65_501, 65_502, 65_503],
            (ClientTransport.Udp, false) => [65_465, 65_466, 65_467, 65_468],
            _ => [16_380, 16_384, 65_465, 65_468, 65_469, 65_500, 65_501, 65_502, 65_503, 65_504, 65_505, 65_506, 65_507],
        };
        foreach (var length in lengths)
        {
            var payload = new byte[length];
            Random.Shared.NextBytes(payload);
            await client.SendAsync(peer.Address, "before");
            await client.SendAsync(peer.Address, payload, Cancellation);
            await client.SendAsync(peer.Address, "after");
            Assert.Equal("before", (await peer.ReceiveTextAsync()).Text);
            Assert.Equal(payload, (await peer.ReceiveAsync()).Payload);
            Assert.Equal("after", (await peer.ReceiveTextAsync()).Text);

            peer.Send(Relayed(client), "before");
            peer.Send(Relayed(client), payload);
            peer.Send(Relayed(client), "after");
            Assert.Equal("before", (await client.ReceiveTextAsync()).Text);
            Assert.Equal(payload, (await client.ReceiveAsync(Cancellation)).Payload.ToArray());
            Assert.Equal("after", (await client.ReceiveTextAsync()).Text);
        }

        Assert.Equal(0, relay.Host.EngineCounters.BadFrames);
    }

    [Fact]
    public async Task A_frame_that_no_datagram_holds_is_dropped_and_its_connection_goes_on()
    {
        await using var relay = await StartAsync();
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        using var peer = new TestPeer();
        await client.BindChannelAsync(peer.Address, Cancellation);
        foreach (var length in new[] { 65_508, 65_535 }) await client.SendAsync(peer.Address, new byte[length], Cancellation);

        await client.SendAsync(peer.Address, "still here");
        Assert.Equal("still here", (await peer.ReceiveTextAsync()).Text);
        Assert.Equal(2, relay.Host.EngineCounters.SendTooLarge);
    }
}
