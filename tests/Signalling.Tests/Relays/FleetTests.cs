using System.Net;
using System.Text.Json;
using Causeway.Relay.Hosting;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Causeway.Turn.Client;
using Causeway.Turn.Fleet;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Signalling.Tests.Relays;

public class FleetTests
{
    private const string Configured = "turn:127.0.0.1:3478?transport=udp";

    [Fact]
    public async Task A_relay_that_is_up_is_handed_out_and_takes_the_credential()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var relay = await fleet.AddAsync("one", "");
        using var ann = await fleet.Server.JoinAsync("tea");

        Assert.Equal([Fleet.Url(relay)], Turn(ann.Welcomed.IceServers));
        await using var client = await Fleet.ConnectAsync(relay, ann.Welcomed.IceServers);
        await client.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
        await OnlyAsync(relay, 1);
    }

    [Fact]
    public async Task Without_a_relay_clients_get_those_of_the_settings()
    {
        await using var fleet = await Fleet.StartAsync();
        using var ann = await fleet.Server.JoinAsync("tea");
        Assert.Equal([Configured], Turn(ann.Welcomed.IceServers));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no relay sends heartbeats"), await HealthAsync(fleet));
    }

    [Fact]
    public async Task A_generation_that_nobody_admitted_is_not_handed_out_and_not_told_to_drain()
    {
        await using var fleet = await Fleet.StartAsync(("relays:generation", "aa"));
        var other = await fleet.AddAsync("other", "bb");
        using var ann = await fleet.Server.JoinAsync("tea");

        Assert.Equal([Configured], Turn(ann.Welcomed.IceServers));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await HealthAsync(fleet)).Status);
        fleet.Server.Clock.Advance(Fleet.Interval);
        Assert.False(other.IsDraining);
    }

    [Fact]
    public async Task The_hosts_own_generation_is_handed_out_before_any_admission()
    {
        await using var fleet = await Fleet.StartAsync(("relays:generation", "aa"));
        var relay = await fleet.AddAsync("own", "aa");
        using var ann = await fleet.Server.JoinAsync("tea");

        Assert.Equal([Fleet.Url(relay)], Turn(ann.Welcomed.IceServers));
        Assert.Equal((HttpStatusCode.OK, "ok"), await HealthAsync(fleet));
    }

    [Fact]
    public async Task An_admission_moves_the_calls_to_the_new_generation_and_drains_the_old_one()
    {
        await using var fleet = await Fleet.StartAsync();
        var old = await fleet.AddAsync("old", "aa");
        Assert.True((await fleet.AdmitAsync(["aa"])).Applied);
        using var ann = await fleet.Server.JoinAsync("tea");
        await using var onOld = await Fleet.ConnectAsync(old, ann.Welcomed.IceServers);
        await onOld.AllocateAsync(cancellation: TestContext.Current.CancellationToken);

        var told = ann.ReceiveAsync<NewIceServers>();
        var fresh = await fleet.AddAsync("new", "bb");
        Assert.Equal([Fleet.Url(old)], Turn((await JoinAsync(fleet)).IceServers));
        Assert.True((await fleet.AdmitAsync(["bb"])).Applied);

        await fleet.PassAsync(() => old.IsDraining, "that the old relay drains");
        await fleet.PassAsync(() => told.IsCompleted, "that the client is told of the other relay");
        var moved = await told;
        Assert.Equal([Fleet.Url(fresh)], Turn(moved.IceServers));
        Assert.False(fresh.IsDraining);

        // Make before break: the old path stands, and nothing new is made there.
        await using var onNew = await Fleet.ConnectAsync(fresh, moved.IceServers);
        await onNew.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
        await onOld.RefreshAsync(cancellation: TestContext.Current.CancellationToken);
        await using var late = await Fleet.ConnectAsync(old, ann.Welcomed.IceServers);
        var refused = await Assert.ThrowsAsync<TurnException>(
            () => late.AllocateAsync(cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(StunErrorCode.InsufficientCapacity, refused.Code);
    }

    [Fact]
    public async Task A_relay_that_stops_says_so_before_its_clients_notice()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var (first, second) = (await fleet.AddAsync("one", ""), await fleet.AddAsync("two", ""));
        using var ann = await fleet.Server.JoinAsync("tea");
        Assert.Equal(2, Turn(ann.Welcomed.IceServers).Count);
        await using var client = await Fleet.ConnectAsync(first, ann.Welcomed.IceServers);
        await client.AllocateAsync(cancellation: TestContext.Current.CancellationToken);

        var told = ann.ReceiveAsync<NewIceServers>();
        fleet.Leaves(first);
        var stopping = first.StopAsync(TestContext.Current.CancellationToken);
        // No time passes: it does not wait for the next heartbeat.
        await TestServer.EventuallyAsync(() => fleet.Registry.View().Draining == 1, "the last heartbeat");
        await fleet.PassAsync(() => told.IsCompleted, "that the client is told");
        Assert.Equal([Fleet.Url(second)], Turn((await told).IceServers));

        await client.ReleaseAsync(TestContext.Current.CancellationToken);
        await fleet.PassAsync(() => stopping.IsCompleted, "the relay's end");
    }

    [Fact]
    public async Task A_relay_that_no_longer_drains_is_handed_out_again()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var relay = await fleet.AddAsync("one", "");
        relay.Drain();
        await fleet.PassAsync(() => fleet.Registry.View() is { Draining: 1, Usable.Count: 0 }, "that the relay drains");
        Assert.DoesNotContain(Fleet.Url(relay), Turn((await JoinAsync(fleet)).IceServers));

        Assert.True(relay.Undrain());

        await fleet.PassAsync(() => fleet.Registry.View() is { Draining: 0, Usable.Count: 1 }, "that the relay is usable again");
        var handed = (await JoinAsync(fleet)).IceServers;
        Assert.Equal([Fleet.Url(relay)], Turn(handed));
        await using var client = await Fleet.ConnectAsync(relay, handed);
        await client.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_replaced_relay_drains_again_with_the_next_heartbeat_and_is_never_handed_out()
    {
        await using var fleet = await Fleet.StartAsync();
        var old = await fleet.AddAsync("old", "aa");
        Assert.True((await fleet.AdmitAsync(["aa"])).Applied);
        await fleet.AddAsync("new", "bb");
        Assert.True((await fleet.AdmitAsync(["bb"])).Applied);
        await fleet.PassAsync(() => old.IsDraining, "that the old relay drains");

        Assert.True(old.Undrain());
        Assert.False(old.IsDraining);

        await fleet.PassAsync(
            () =>
            {
                Assert.DoesNotContain(fleet.Registry.View().Usable, relay => relay.Relay == "old");
                return old.IsDraining;
            },
            "that the old relay drains again");
    }

    [Fact]
    public async Task A_full_relay_keeps_its_clients_and_gets_nobody_new()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var first = FreePorts.Take(20);
        var relay = await fleet.AddAsync("one", "", ports: $"{first}-{first + 19}");
        using var ann = await fleet.Server.JoinAsync("tea");
        await using var clients = new Clients();
        for (var i = 0; i < 20; i++) await clients.AllocateAsync(relay, ann.Welcomed.IceServers);

        // Past several probes, for which there is no port left. The quota would allow eighty more.
        await fleet.PassAsync(() => fleet.Registry.View().Full == 1, "that the relay is heard as full");
        var until = fleet.Server.Clock.GetUtcNow() + TimeSpan.FromMinutes(2);
        await fleet.PassAsync(() => fleet.Server.Clock.GetUtcNow() >= until, "that time passes");
        var view = fleet.Registry.View();
        Assert.Equal((1, 0, 1, 0), (view.Known, view.Ready, view.Full, view.Usable.Count));
        var full = Assert.Single(view.Filled);
        Assert.Equal(new RelayLoad(20, 20, full.Load.BytesPerSecond), full.Load);
        Assert.Empty(await ann.DrainAsync());
        await OnlyAsync(relay, 20);
        Assert.Equal([Configured], Turn((await JoinAsync(fleet)).IceServers));
        var (status, words) = await HealthAsync(fleet);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("is full", words, StringComparison.Ordinal);

        // Another one takes those who come now; those who are there still stay.
        var other = await fleet.AddAsync("two", "");
        Assert.Equal([Fleet.Url(other)], Turn((await JoinAsync(fleet)).IceServers));
        Assert.Equal((HttpStatusCode.OK, "ok"), await HealthAsync(fleet));
        until = fleet.Server.Clock.GetUtcNow() + TimeSpan.FromSeconds(20);
        await fleet.PassAsync(() => fleet.Server.Clock.GetUtcNow() >= until, "that time passes");
        Assert.Empty(await ann.DrainAsync());

        await clients.ReleaseAsync();
        await fleet.PassAsync(() => fleet.Registry.View().Ready == 2, "that there is room again");
        Assert.Equal(0, fleet.Registry.View().Full);
    }

    [Fact]
    public async Task Of_a_small_and_a_large_relay_the_one_with_more_room_comes_first()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var first = FreePorts.Take(20);
        // By name the small one would come first, and by its quota it has as much room as the other.
        var (small, large) = (await fleet.AddAsync("a", "", ports: $"{first}-{first + 19}"), await fleet.AddAsync("b", ""));
        using var ann = await fleet.Server.JoinAsync("tea");
        await using var clients = new Clients();
        for (var i = 0; i < 10; i++) await clients.AllocateAsync(small, ann.Welcomed.IceServers);
        for (var i = 0; i < 20; i++) await clients.AllocateAsync(large, ann.Welcomed.IceServers);

        await fleet.PassAsync(
            () => fleet.Registry.View().Usable is [_, _] usable && usable.Sum(relay => relay.Load.Allocations) == 30,
            "that both loads are heard");
        Assert.Equal([Fleet.Url(large), Fleet.Url(small)], Turn((await JoinAsync(fleet)).IceServers));
    }

    [Fact]
    public async Task A_relay_that_vanishes_is_gone_after_three_missed_heartbeats()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var relay = await fleet.AddAsync("one", "");
        using var ann = await fleet.Server.JoinAsync("tea");
        var told = ann.ReceiveAsync<NewIceServers>();
        await fleet.VanishAsync(relay);

        await fleet.PassAsync(() => told.IsCompleted, "that the client is told");
        Assert.Equal([Configured], Turn((await told).IceServers));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no relay sends heartbeats"), await HealthAsync(fleet));
    }

    [Fact]
    public async Task Clients_are_moved_a_few_at_a_time()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"), ("relays:movesPerSecond", "2"));
        var relay = await fleet.AddAsync("one", "");
        var clients = new List<TestClient>();
        for (var i = 0; i < 5; i++) clients.Add(await fleet.Server.JoinAsync($"room-{i}"));
        var told = clients.Select(client => client.ReceiveAsync<NewIceServers>()).ToList();
        await fleet.VanishAsync(relay);

        await fleet.PassAsync(() => fleet.Registry.View().Known == 0, "the relay's end");
        var batches = () =>
            fleet.Server.Log.Lines.Where(line => line.Text.Contains("Sent new ICE servers to", StringComparison.Ordinal))
            .Select(line => line.Text.Split("to ")[1].Split(' ')[0]);
        await fleet.PassAsync(() => told.TrueForAll(one => one.IsCompleted), "that everybody is told");
        Assert.Equal(["2", "2", "1"], batches());
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Who_breaks_the_rules_loses_the_relay_too()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"), ("limits:badMessages", "0"));
        var relay = await fleet.AddAsync("one", "");
        using var ann = await fleet.Server.JoinAsync("tea");
        using var bob = await fleet.Server.JoinAsync("tea");
        await using var anns = await Fleet.ConnectAsync(relay, ann.Welcomed.IceServers);
        await using var bobs = await Fleet.ConnectAsync(relay, bob.Welcomed.IceServers);
        await anns.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
        await bobs.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
        await OnlyAsync(relay, 2);

        await ann.SendTextAsync("no message of this protocol");
        await fleet.PassAsync(() => relay.Allocations == 1, "the end of the allocation");

        await bobs.RefreshAsync(cancellation: TestContext.Current.CancellationToken);
        await using var again = await Fleet.ConnectAsync(relay, ann.Welcomed.IceServers);
        await Assert.ThrowsAsync<TurnException>(() => again.AllocateAsync(cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_service_that_starts_again_knows_the_relays_by_their_next_heartbeat()
    {
        await using var fleet = await Fleet.StartAsync(("relays:admitAtOnce", "true"));
        var relay = await fleet.AddAsync("one", "");
        await fleet.RestartAsync();
        Assert.Equal(0, fleet.Registry.View().Known);

        await fleet.PassAsync(() => fleet.Registry.View().Ready == 1, "that the relay is heard again");
        using var ann = await fleet.Server.JoinAsync("tea");
        Assert.Equal([Fleet.Url(relay)], Turn(ann.Welcomed.IceServers));
    }

    [Fact]
    public async Task Nothing_that_is_logged_holds_a_key()
    {
        await using var fleet = await Fleet.StartAsync();
        await fleet.AddAsync("one", "aa");
        await fleet.AdmitAsync(["aa"]);
        await Assert.ThrowsAsync<FleetException>(() => fleet.AdmitAsync(["aa"], key: "some other key that is as long as the right one"));

        Assert.Contains(
            fleet.Server.Log.Lines,
            line => line.Text.Contains("Refused a message for /relays/admission with 401", StringComparison.Ordinal));
        Assert.Contains(
            fleet.Server.Log.Lines, line => line.Text.Contains("Relays of generation aa are admitted", StringComparison.Ordinal));
        Assert.DoesNotContain(
            fleet.Server.Log.Lines,
            line => line.Text.Contains(Fleet.HeartbeatKey, StringComparison.Ordinal)
            || line.Text.Contains(Fleet.AdmissionKey, StringComparison.Ordinal));
    }

    /// <summary>The relay has these allocations in the end: a probe of its own has another one for a moment.</summary>
    private static Task OnlyAsync(RelayHost relay, int allocations) =>
        TestServer.EventuallyAsync(() => relay.Allocations == allocations, $"{allocations} allocations");

    private static IReadOnlyList<string> Turn(IReadOnlyList<IceServer> servers) =>
        servers.Single(server => server.Username is not null).Urls;

    private static async Task<Welcome> JoinAsync(Fleet fleet)
    {
        using var client = await fleet.Server.JoinAsync("elsewhere");
        return client.Welcomed;
    }

    private static async Task<(HttpStatusCode Status, string Said)> HealthAsync(Fleet fleet)
    {
        using var http = new HttpClient { BaseAddress = fleet.Server.Address };
        using var answer = await http.GetAsync("/healthz/relays", TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return (answer.StatusCode, json.RootElement.GetProperty("status").GetString()!);
    }

    /// <summary>Clients with an allocation each, closed at the end.</summary>
    private sealed class Clients : IAsyncDisposable
    {
        private readonly List<TurnClient> _clients = [];

        public async Task AllocateAsync(RelayHost relay, IReadOnlyList<IceServer> handed)
        {
            var client = await Fleet.ConnectAsync(relay, handed);
            _clients.Add(client);
            await client.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
        }

        public async Task ReleaseAsync()
        {
            foreach (var client in _clients) await client.ReleaseAsync(TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var client in _clients) await client.DisposeAsync();
        }
    }
}
