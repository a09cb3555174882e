using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>What every engine must do on a port that TLS and plain TCP share.</summary>
public abstract partial class RelayEngineContract
{
    private static readonly RelayListenerOptions SharedPort = new() { Transport = "tcp+tls", Address = "127.0.0.1", Port = 0 };

    [Fact]
    public async Task Clients_of_TLS_and_of_plain_TCP_are_served_on_one_port_each_by_its_own_transport()
    {
        var created = new ConcurrentQueue<AllocationCreated>();
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(listeners: [SharedPort]),
            (settings, events, time) => Bind(settings, new CreatedAllocations(events, created), time));
        Assert.Equal(relay.Endpoint(ClientTransport.Tcp), relay.Endpoint(ClientTransport.Tls));
        await using var tcp = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp), new());
        await using var tls = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tls), new());

        Assert.Equal([ClientTransport.Tcp, ClientTransport.Tls], created.Select(allocation => allocation.Client.Transport));
        Assert.Equal([tcp.Local, tls.Local], created.Select(allocation => allocation.Client.Address));
        await tcp.PermitAsync(Relayed(tls).Ip, Cancellation);
        await tls.PermitAsync(Relayed(tcp).Ip, Cancellation);
        await tcp.SendAsync(Relayed(tls), "to TLS");
        Assert.Equal((Relayed(tcp), "to TLS"), await tls.ReceiveTextAsync());
        await tls.SendAsync(Relayed(tcp), "to TCP");
        Assert.Equal((Relayed(tls), "to TCP"), await tcp.ReceiveTextAsync());
        // The relay's own probe checks both.
        await TestWait.UntilAsync(async () => (await relay.Host.ProbeAsync(Cancellation)).Count(result => result.IsRelayed) == 2);
    }

    [Theory]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task On_a_shared_port_a_client_that_sends_byte_by_byte_is_understood(ClientTransport transport)
    {
        await using var relay = await StartAsync(TestRelay.Options(listeners: [SharedPort]));
        using var socket = await ConnectAsync(relay, transport);
        socket.NoDelay = true;
        Stream stream = new SingleBytes(new NetworkStream(socket, ownsSocket: false));
        if (transport == ClientTransport.Tls)
        {
            var tls = new SslStream(stream, false, (_, shown, _, _) => shown is not null);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Cancellation);
            stream = tls;
        }

        await stream.WriteAsync(BindingRequest(), Cancellation);
        var header = new byte[StunConstants.HeaderLength];
        await stream.ReadExactlyAsync(header, Cancellation);
        Assert.Equal([0x01, 0x01], header[..2]);
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task On_a_shared_port_a_connection_that_says_nothing_or_half_a_handshake_is_closed_in_time()
    {
        var time = new FakeTimeProvider();
        await using var relay = await StartAsync(
            TestRelay.Options(listeners: [SharedPort], streams: new() { HandshakeTimeout = TimeSpan.FromSeconds(10) }), time);
        using var silent = await ConnectAsync(relay);
        using var half = await ConnectAsync(relay);
        await half.SendAsync(new byte[] { 22, 3, 1 }, SocketFlags.None, Cancellation);
        await TestWait.UntilAsync(() => relay.Host.Connections == 2);

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(2, relay.Host.Connections);
        time.Advance(TimeSpan.FromSeconds(3));
        await AssertClosedAsync(silent);
        await AssertClosedAsync(half);
        Assert.Equal(2, relay.Host.EngineCounters.Idle);
        await TestWait.UntilAsync(() => relay.Host.Connections == 0);
    }

    [Fact]
    public async Task On_a_shared_port_another_protocol_is_closed_at_once()
    {
        await using var relay = await StartAsync(
            TestRelay.Options(listeners: [SharedPort], streams: new() { HandshakeTimeout = TimeSpan.FromHours(1) }));
        using var http = await ConnectAsync(relay);
        await http.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), SocketFlags.None, Cancellation);
        await AssertClosedAsync(http);
        Assert.Equal((1, 0), (relay.Host.EngineCounters.BadFrames, relay.Host.EngineCounters.HandshakesFailed));

        using var broken = await ConnectAsync(relay);
        await broken.SendAsync(new byte[] { 22, 3, 1, 0, 4, 255, 255, 255, 255 }, SocketFlags.None, Cancellation);
        await AssertClosedAsync(broken);
        await TestWait.UntilAsync(() => relay.Host.EngineCounters.HandshakesFailed == 1);

        using var gone = await ConnectAsync(relay);
        gone.Dispose();
        await TestWait.UntilAsync(() => relay.Host.Connections == 0);
        Assert.Equal((1, 0), (relay.Host.EngineCounters.BadFrames, relay.Host.EngineCounters.Unexpected));
    }

    /// <summary>Keeps the allocations that were created, and passes all events on.</summary>
    private sealed class CreatedAllocations(IEngineEvents next, ConcurrentQueue<AllocationCreated> created) : IEngineEvents
    {
        public void Created(AllocationCreated allocation)
        {
            created.Enqueue(allocation);
            next.Created(allocation);
        }

        public void Ended(AllocationEnded allocation) => next.Ended(allocation);

        public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure) => next.RelayNotOpened(asked, reason, failure);

        public void ListenerChanged(BoundListener listener, bool isThere) => next.ListenerChanged(listener, isThere);

        public void ListenerRefused(TransportAddress address, Exception failure) => next.ListenerRefused(address, failure);

        public void Unexpected(string where, Exception failure, long suppressed) => next.Unexpected(where, failure, suppressed);
    }

    /// <summary>Writes each byte on its own.</summary>
    private sealed class SingleBytes(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < buffer.Length; i++) await inner.WriteAsync(buffer.Slice(i, 1), cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
