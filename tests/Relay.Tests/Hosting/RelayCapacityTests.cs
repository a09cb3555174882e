using System.Net;
using Causeway.Relay.Machine;
using Causeway.Turn.Client;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Tests.Hosting;

/// <summary>A relay without free capacity, which isn't a failure.</summary>
public class RelayCapacityTests
{
    [Fact]
    public async Task A_relay_whose_ports_are_all_in_use_is_full_and_not_broken()
    {
        var first = FreePorts.Take(20);
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(ports: $"{first}-{first + 19}", admin: "127.0.0.1:0"));
        using var http = new HttpClient { BaseAddress = new($"http://{relay.Host.Admin}") };
        var clients = new List<TurnClient>();
        try
        {
            while (clients.Count < 20) clients.Add(await relay.AllocateAsync());

            Assert.Equal((new RelayCapacity(20, 20, 0), true), (relay.Host.Capacity, relay.Host.IsFull));
            using var ready = await http.GetAsync("/readyz", Deadline.Token);
            Assert.Equal(
                (HttpStatusCode.OK, "full: 20 of 20 relayed addresses are in use\n"),
                (ready.StatusCode, await ready.Content.ReadAsStringAsync(Deadline.Token)));
            var metrics = await http.GetStringAsync("/metrics", Deadline.Token);
            Assert.Contains("causeway_relay_full 1\n", metrics, StringComparison.Ordinal);
            Assert.Contains("causeway_relay_capacity 20\n", metrics, StringComparison.Ordinal);

            await using var late = await relay.ConnectAsync();
            var refused = await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token));
            Assert.Equal(StunErrorCode.InsufficientCapacity, refused.Code);

            foreach (var client in clients) await client.ReleaseAsync(Deadline.Token);
            Assert.False(relay.Host.IsFull);
            await TestWait.UntilAsync(async () =>
            {
                using var again = await http.GetAsync("/readyz", Deadline.Token);
                return again.IsSuccessStatusCode
                    && (await again.Content.ReadAsStringAsync(Deadline.Token)).Contains("relayed\n", StringComparison.Ordinal);
            });
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_bounds_the_relay_is_said_when_it_starts()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(ports: "50000-50099", quotas: new() { Allocations = 50 }), loggers: logs);
        Assert.Contains(
            logs.Lines,
            line => line.StartsWith("Capacity: 50 allocations (quota 50, ports 100 of each family, memory ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1L << 30, (1 << 29) / RelayMemory.BytesPerAllocation)]
    [InlineData(0, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void Half_of_the_memory_is_for_allocations(long bytes, int expected) => Assert.Equal(expected, RelayMemory.For(bytes));

    [Theory]
    [InlineData(2, 12)]
    [InlineData(8, 84)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_member_of_a_full_room_has_room_for_each_peer_twice(int members, int expected) =>
        Assert.Equal(expected, RelayQuotaOptions.ForRoom(members));

    [Fact]
    public void The_defaults_fit_a_full_room() => Assert.Equal(84, new RelayQuotaOptions().AllocationsPerSubject);
}
