using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Engines;

/// <summary>A listener on 0.0.0.0 of a host with these addresses: all of them loopback, which any process can bind on Linux.</summary>
public sealed class WildcardListenersTests : IEngineEvents
{
    private static readonly IpAddress Loopback = TestRelay.Loopback(IpFamily.IPv4);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly List<string> _told = [];

    [Fact]
    public async Task A_host_with_more_addresses_than_are_served_gets_the_first_ones_and_those_that_went_make_room_after_two_hours()
    {
        await using var engine = Start();
        var port = engine.Listeners[0].Address.Port;
        var many = Many(WildcardListeners.MaxEndpoints + 50);

        engine.HandleAddresses([Loopback, .. many]);
        var first = engine.Listeners.Select(listener => listener.Address.Ip).ToList();
        // The host's initial addresses keep their endpoints as long as they may return.
        Assert.InRange(
            first.Count, WildcardListeners.MaxEndpoints - HostAddresses.All(IpFamily.IPv4).Count, WildcardListeners.MaxEndpoints);
        Assert.Equal([Loopback, .. many.Take(first.Count - 1)], first.Order(ByBits));

        engine.HandleAddresses([Loopback]);
        Assert.Equal([Loopback], engine.Listeners.Select(listener => listener.Address.Ip));
        Assert.False(IsFree(new(many[0], port)));

        _time.Advance(TimeSpan.FromHours(2));
        Assert.True(IsFree(new(many[0], port)));

        // Their numbers are reused for the new ones.
        engine.HandleAddresses([Loopback, .. many.Reverse()]);
        Assert.Equal(WildcardListeners.MaxEndpoints, engine.Listeners.Count);
        await AssertAnswersAsync(many[^1], port);
        await AssertAnswersAsync(Loopback, port);
    }

    [Fact]
    public async Task An_address_whose_port_another_program_has_is_told_once_and_served_when_the_port_is_free()
    {
        await using var engine = Start();
        var port = engine.Listeners[0].Address.Port;
        var taken = Many(1)[0];
        var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new TransportAddress(taken, port).ToIPEndPoint());
        engine.HandleAddresses([Loopback, taken]);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([$"refused {taken}:{port}"], _told.Where(told => told.Contains($"{taken}:", StringComparison.Ordinal)));

        other.Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(
            [$"refused {taken}:{port}", $"listening {taken}:{port}"],
            _told.Where(told => told.Contains($"{taken}:", StringComparison.Ordinal)));
        await AssertAnswersAsync(taken, port);
    }

    void IEngineEvents.Created(AllocationCreated allocation) => Assert.Fail("unexpected allocation");

    void IEngineEvents.Ended(AllocationEnded allocation) => Assert.Fail("unexpected allocation");

    void IEngineEvents.RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure) => Assert.Fail(failure.ToString());

    void IEngineEvents.ListenerChanged(BoundListener listener, bool isThere) =>
        _told.Add($"{(isThere ? "listening" : "gone")} {listener.Address}");

    void IEngineEvents.ListenerRefused(TransportAddress address, Exception failure) => _told.Add($"refused {address}");

    void IEngineEvents.Unexpected(string where, Exception failure, long suppressed) => Assert.Fail(failure.ToString());

    private static readonly Comparer<IpAddress> ByBits = Comparer<IpAddress>.Create((a, b) => a.Bits.CompareTo(b.Bits));

    private PortableEngine Start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has all of 127.0.0.0/8");
        var engine = PortableEngine.Bind(
            new() { Listeners = [new(ClientTransport.Udp, TransportAddress.Parse("0.0.0.0:0"))] }, this, _time);
        var settings = new RelaySettings
        {
            Realm = "tests.example",
            Addresses = [new(Loopback, Loopback)],
            Secrets = [TestRelay.Secret],
            Peers = new([], [], []),
        };
        engine.Start([new(settings, new(settings, new byte[32]), 0, new byte[32])]);
        return engine;
    }

    private static IpAddress[] Many(int count) =>
        [.. Enumerable.Range(0, count).Select(i => IpAddress.Parse($"127.77.{i / 200}.{1 + i % 200}"))];

    private static bool IsFree(TransportAddress address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(address.ToIPEndPoint());
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task AssertAnswersAsync(IpAddress address, ushort port)
    {
        await using var client = await TurnClient.ConnectAsync(new() { Server = new(address, port) }, Deadline.Token);
        Assert.Equal(client.Local, await client.BindingAsync(Deadline.Token));
    }
}
