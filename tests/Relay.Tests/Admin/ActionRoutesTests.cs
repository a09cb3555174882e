using System.Net;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Tests.Admin;

/// <summary>Draining, revocations and settings over the admin interface.</summary>
public sealed class ActionRoutesTests : IDisposable
{
    private readonly RecordedLogs _logs = new(LogLevel.Information);

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task A_draining_relay_keeps_its_sessions_and_accepts_new_ones_when_it_no_longer_drains()
    {
        await using var relay = await StartAsync();
        using var admin = new AdminClient(relay.Host.Admin!);
        await using var client = await relay.AllocateAsync();
        await using var late = await relay.ConnectAsync();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (status, state) = await admin.SendAsync("POST", "/v1/drain");
            Assert.Equal((HttpStatusCode.OK, true, 1), (status, (bool)state!["draining"]!, (int)state["allocations"]!));
        }

        var refused = await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token));
        Assert.Equal(StunErrorCode.InsufficientCapacity, refused.Code);
        await client.RefreshAsync(cancellation: Deadline.Token);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (status, state) = await admin.SendAsync("POST", "/v1/undrain");
            Assert.Equal((HttpStatusCode.OK, false), (status, (bool)state!["draining"]!));
        }

        await late.AllocateAsync(cancellation: Deadline.Token);
        // A probe has a few seconds, which may not suffice on a busy machine.
        using var http = new HttpClient { BaseAddress = new($"http://{relay.Host.Admin}") };
        await TestWait.UntilAsync(async () => (await http.GetAsync("/readyz", Deadline.Token)).IsSuccessStatusCode);
        Assert.Single(_logs.Lines, "No longer draining: new allocations are accepted");
    }

    [Fact]
    public async Task A_stopping_relay_continues_to_drain()
    {
        await using var relay = await StartAsync(drain: TimeSpan.FromMinutes(10));
        using var admin = new AdminClient(relay.Host.Admin!);
        await using var client = await relay.AllocateAsync();
        using var second = new CancellationTokenSource();
        var stopping = relay.Host.StopAsync(second.Token);

        var (status, body) = await admin.SendAsync("POST", "/v1/undrain");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("stopping", (string?)body!["detail"], StringComparison.Ordinal);
        Assert.True(relay.Host.IsDraining);
        await second.CancelAsync();
        await stopping;
    }

    [Fact]
    public async Task A_revoked_subject_loses_its_sessions_on_every_shard_and_is_kept_out_and_others_stay()
    {
        await using var relay = await StartAsync();
        using var admin = new AdminClient(relay.Host.Admin!);
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp))));
        await using var other = await relay.AllocateAsync(relay.ClientOptions() with { Credentials = TestRelay.Credentials("bob") });
        await using var late = await relay.ConnectAsync();
        var until = DateTimeOffset.UtcNow.AddHours(1);

        var (status, result) = await admin.SendAsync("POST", "/v1/revocations", new { subject = "alice", until });

        Assert.Equal((HttpStatusCode.OK, 8), (status, (int)result!["ended"]!));
        Assert.Equal(1, relay.Host.Allocations);
        var refused = await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token));
        Assert.Equal(StunErrorCode.Forbidden, refused.Code);
        await other.RefreshAsync(cancellation: Deadline.Token);
        Assert.Contains($"The operator revoked a subject until {until:u}; 8 allocations ended", _logs.Lines);
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("alice", StringComparison.Ordinal));
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory]
    [InlineData("""{}""", "subject: is missing")]
    [InlineData("""{"subject":"","until":"2999-01-01T00:00:00Z"}""", "subject: is missing")]
    [InlineData("""{"subject":"alice"}""", "until: is missing")]
    [InlineData("""{"subject":"alice","until":"2001-01-01T00:00:00Z"}""", "until: 2001-01-01T00:00:00.0000000+00:00 is over")]
    [InlineData("""{"subject":"alice","until":"tomorrow"}""", "the body is not the expected JSON")]
    [InlineData("""null""", "")]
    public async Task A_wrong_revocation_is_refused_and_ends_nothing(string body, string mistake)
    {
        await using var relay = await StartAsync();
        using var admin = new AdminClient(relay.Host.Admin!);
        await using var client = await relay.AllocateAsync();

        var (status, answer) = await admin.SendAsync("POST", "/v1/revocations", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith(mistake, (string?)answer!["detail"], StringComparison.Ordinal);
        Assert.Equal(1, relay.Host.Allocations);
    }

    [Fact]
    public async Task The_settings_in_use_are_shown_without_secrets_and_those_that_wait_for_a_restart_are_not()
    {
        await using var relay = await StartAsync();
        using var admin = new AdminClient(relay.Host.Admin!);
        Assert.Empty(relay.Host.Reload(TestRelay.Options(
            admin: "127.0.0.1:0",
            shards: 3,
            quotas: new() { Allocations = 77 },
            buffers: new() { RelayBytes = 8192, ListenerBytes = 8192 })));

        var shown = await admin.GetAsync("/v1/settings");

        var settings = shown["relay"]!;
        Assert.Equal((77, 2), ((int)settings["quotas"]!["allocations"]!, (int)settings["shards"]!));
        Assert.Equal((8192, 4194304), ((int)settings["buffers"]!["relayBytes"]!, (int)settings["buffers"]!["listenerBytes"]!));
        Assert.Equal((1, "portable"), ((int)shown["resolved"]!["secrets"]!, (string?)shown["resolved"]!["engine"]));
        Assert.Equal("""["***"]""", settings["secrets"]!.ToJsonString());
        Assert.DoesNotContain(TestRelay.Secret, shown.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_tells_what_changed_what_waits_and_the_mistakes()
    {
        await using var relay = await StartAsync();
        using var admin = new AdminClient(relay.Host.Admin!);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.SendAsync("POST", "/v1/reload")).Status);

        relay.Host.Reloading = () => relay.Host.Apply(
            TestRelay.Options(admin: "127.0.0.1:0", shards: 3, quotas: new() { AllocationsPerSubject = 1000, Allocations = 77 }));
        var (status, outcome) = await admin.SendAsync("POST", "/v1/reload");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"changed":["relay.quotas.allocations"],"needsRestart":["relay.shards"]}""", outcome!.ToJsonString());

        relay.Host.Reloading = () => relay.Host.Apply(TestRelay.Options(admin: "127.0.0.1:0", ports: "9-8"));
        (status, outcome) = await admin.SendAsync("POST", "/v1/reload");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("relay.ports: 9-8 is empty", (string?)Assert.Single(outcome!["mistakes"]!.AsArray()), StringComparison.Ordinal);
        Assert.Equal(77, relay.Host.Capacity.Total);
    }

    private Task<TestRelay> StartAsync(TimeSpan drain = default) =>
        TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0", drain: drain), loggers: _logs);
}
