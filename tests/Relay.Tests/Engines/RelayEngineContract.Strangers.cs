using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Engines;

/// <summary>Clients with and without an allocation don't wait for each other.</summary>
public abstract partial class RelayEngineContract
{
    /// <summary>Event handlers run under the shard's lock, so a blocking handler keeps it locked.</summary>
    [Theory]
    [InlineData(ClientTransport.Udp)]
    [InlineData(ClientTransport.Tls)]
    public async Task Strangers_are_served_while_the_shards_lock_is_held(ClientTransport transport)
    {
        // Not every client's: a response may arrive before the event of its own allocation, which would then block the wrong listener.
        using var events = new HoldingEvents(ClientTransport.Tcp);
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(shards: 1), (settings, host, time) => Bind(settings, events.Before(host), time));
        await using var allocated = await relay.AllocateAsync(
            // Sent once: a repeated request of a client with an allocation needs the lock, and would block the listener for strangers.
            relay.ClientOptions(transport) with { Credentials = TestRelay.Credentials("bob"), Retransmission = TestRelay.SentOnce });
        await using var holding = await relay.ConnectAsync(relay.ClientOptions(ClientTransport.Tcp));
        var allocating = holding.AllocateAsync(cancellation: Cancellation);
        await TestWait.UntilAsync(() => events.IsHolding);
        try
        {
            await using var stranger = await relay.ConnectAsync(
                relay.ClientOptions(transport) with { Credentials = TestRelay.Credentials(secret: "a guess") });

            Assert.Equal(stranger.Local, await stranger.BindingAsync(Cancellation));
            var refused = await Assert.ThrowsAsync<TurnException>(() => stranger.AllocateAsync(cancellation: Cancellation));

            Assert.Equal(StunErrorCode.Unauthenticated, refused.Code);
            // On a busy machine the client may repeat a request.
            Assert.InRange(Challenges(relay, ChallengeReason.WrongSignature), 1, long.MaxValue);

            using var flood = new TestPeer();
            flood.Send(relay.Endpoint(), [0x40, 0x00, 0x00, 0x00]);
            await TestWait.UntilAsync(() => relay.Host.Counters.Sum(counters => counters.Drops(DropReason.NoAllocation)) == 1);

            // On Linux all of 127.0.0.0/8 can send; the relay's own address needs a lookup under the lock.
            if (OperatingSystem.IsLinux())
            {
                using var elsewhere = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                elsewhere.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
                elsewhere.SendTo("unsolicited"u8, Relayed(allocated).ToIPEndPoint());
                await TestWait.UntilAsync(() => relay.Host.Counters.Sum(counters => counters.Drops(DropReason.NoPermission)) == 1);
            }

            Assert.True(events.IsHolding);
        }
        finally
        {
            events.Release();
        }

        Assert.Single((await allocating).Relayed);
    }

    private static long Challenges(TestRelay relay, ChallengeReason reason) =>
        relay.Host.Counters.Sum(counters => counters.Challenges(reason));

    /// <summary>A handler that blocks in <see cref="IEngineEvents.Created"/> for clients of a transport.</summary>
    private sealed class HoldingEvents(ClientTransport held) : IEngineEvents, IDisposable
    {
        private readonly ManualResetEventSlim _released = new(initialState: false);
        private volatile bool _holding;
        private IEngineEvents _host = null!;

        public bool IsHolding => _holding;

        public HoldingEvents Before(IEngineEvents host)
        {
            _host = host;
            return this;
        }

        public void Release() => _released.Set();

        public void Created(AllocationCreated allocation)
        {
            if (allocation.Client.Transport == held)
            {
                _holding = !_released.IsSet;
                _released.Wait(TimeSpan.FromMinutes(2));
                _holding = false;
            }

            _host.Created(allocation);
        }

        public void Ended(AllocationEnded allocation) => _host.Ended(allocation);

        public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure) => _host.RelayNotOpened(asked, reason, failure);

        public void ListenerChanged(BoundListener listener, bool isThere) => _host.ListenerChanged(listener, isThere);

        public void ListenerRefused(TransportAddress address, Exception failure) => _host.ListenerRefused(address, failure);

        public void Unexpected(string where, Exception failure, long suppressed) => _host.Unexpected(where, failure, suppressed);

        public void Dispose() => _released.Dispose();
    }
}
