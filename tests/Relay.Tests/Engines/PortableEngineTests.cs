using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

public class PortableEngineTests : RelayEngineContract
{
    protected override IRelayEngine Bind(EngineSettings settings, IEngineEvents events, TimeProvider time) =>
        PortableEngine.Bind(settings, events, time);

    [Fact]
    public async Task A_host_that_throws_at_what_it_is_told_stops_neither_loops_nor_timers()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var loopback = TestRelay.Loopback(IpFamily.IPv4);
        await using var engine = PortableEngine.Bind(
            new() { Listeners = [new(ClientTransport.Udp, new(loopback, 0))] }, new ThrowingEvents(), time);
        var settings = new RelaySettings
        {
            Realm = "tests.example",
            Addresses = [new(loopback, loopback)],
            Secrets = [TestRelay.Secret],
            Peers = new([], [], []),
        };
        engine.Start([new(settings, new(settings, new byte[32]), 0, new byte[32])]);
        await using var client = await TurnClient.ConnectAsync(
            new()
            {
                Server = engine.Listeners[0].Address,
                Credentials = TestRelay.Credentials(lifetime: TimeSpan.FromDays(1)),
                AutoRefresh = false,
            },
            Deadline.Token);
        await client.AllocateAsync(cancellation: Deadline.Token);
        await TestWait.UntilAsync(() => engine.Counters.Unexpected == 1);

        time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal((0, 2), (engine.Allocations, engine.Counters.Unexpected));
        Assert.Equal(client.Local, await client.BindingAsync(Deadline.Token));
    }

    private sealed class ThrowingEvents : IEngineEvents
    {
        public void Created(AllocationCreated allocation) => throw new InvalidOperationException("from a handler");

        public void Ended(AllocationEnded allocation) => throw new InvalidOperationException("from another handler");

        public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure) => Assert.Fail(failure.ToString());

        public void ListenerChanged(BoundListener listener, bool isThere) => Assert.Fail($"{listener} changed");

        public void ListenerRefused(TransportAddress address, Exception failure) => Assert.Fail(failure.ToString());

        public void Unexpected(string where, Exception failure, long suppressed)
        {
            // Counted by the engine.
        }
    }
}
