using System.Net;
using Causeway.Relay.Settings;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Tests.Hosting;

public class RelayHostTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_port_in_use_is_said_in_one_line(int shards)
    {
        await using var first = await TestRelay.StartAsync();
        var port = first.Endpoint().Port;

        var refusal = await Assert.ThrowsAsync<ListenException>(() => TestRelay.StartAsync(new()
        {
            Listeners = [new() { Address = "127.0.0.1", Port = port }],
            Ports = "20000-20001",
            Secrets = [TestRelay.Secret],
            Shards = shards,
        }));
        Assert.Equal($"udp 127.0.0.1:{port}: the port is in use by another program; stop it or use another port", refusal.Message);
    }

    [Fact]
    public async Task An_address_of_another_host_is_said_in_one_line()
    {
        var refusal = await Assert.ThrowsAsync<ListenException>(
            () => TestRelay.StartAsync(new() { Listeners = [new() { Address = "192.0.2.1" }], Secrets = [TestRelay.Secret] }));
        Assert.Equal(
            "udp 192.0.2.1:3478: this host does not have the address; "
            + "use one of its addresses, or 0.0.0.0 (IPv4) or :: (IPv6) for all of them",
            refusal.Message);
    }

    [Fact]
    public async Task Settings_with_mistakes_start_nothing()
    {
        var refusal = await Assert.ThrowsAsync<RelayOptionsException>(() => TestRelay.StartAsync(new() { Realm = "" }));
        Assert.Equal(3, refusal.Mistakes.Count);
    }

    [Fact]
    public async Task Relayed_addresses_are_found_when_the_settings_name_none()
    {
        await using var relay = await TestRelay.StartAsync(Options());
        Assert.Equal(IpAddress.Parse("127.0.0.1"), relay.Host.Addresses.Single(address => address.Family == IpFamily.IPv4).Local);
        await using var client = await relay.AllocateAsync();
        Assert.Equal(IpAddress.Parse("127.0.0.1"), client.Allocation!.Relayed[0].Ip);
    }

    [Fact]
    public async Task A_stopping_relay_refuses_new_allocations_and_waits_for_those_that_stand()
    {
        await using var relay = await TestRelay.StartAsync(Options(drain: TimeSpan.FromMinutes(10)));
        await using var client = await relay.AllocateAsync();
        await using var late = await relay.ConnectAsync();

        var stopping = relay.Host.StopAsync(Deadline.Token);
        Assert.Equal(
            StunErrorCode.InsufficientCapacity,
            (await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token))).Code);
        Assert.Equal(TimeSpan.FromMinutes(10), await client.RefreshAsync(cancellation: Deadline.Token));
        Assert.False(stopping.IsCompleted);

        await client.ReleaseAsync(Deadline.Token);
        await stopping;
    }

    /// <summary>The owner of the heartbeat key may send any number; adding the grace must not overflow.</summary>
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 299)]
    [InlineData(1L << 62)]
    public async Task A_revocation_whose_end_is_beyond_any_time_holds(long until)
    {
        await using var relay = await TestRelay.StartAsync(Options());
        await using var client = await relay.AllocateAsync();
        await using var late = await relay.ConnectAsync();

        relay.Host.Revoke([new("alice", until)]);

        Assert.Equal(0, relay.Host.Allocations);
        Assert.Equal(
            StunErrorCode.Forbidden,
            (await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token))).Code);
        relay.Host.Revoke([new("bob", long.MinValue)]);
    }

    [Fact]
    public async Task A_second_request_to_stop_ends_at_once()
    {
        await using var relay = await TestRelay.StartAsync(Options(drain: TimeSpan.FromMinutes(10)));
        await using var client = await relay.AllocateAsync();
        using var second = new CancellationTokenSource();
        var stopping = relay.Host.StopAsync(second.Token);
        await second.CancelAsync();
        await stopping;
        Assert.Equal(0, relay.Host.Allocations);
    }

    [Fact]
    public async Task Health_and_metrics_are_served()
    {
        await using var relay = await TestRelay.StartAsync(Options(admin: "127.0.0.1:0"));
        await using var client = await relay.AllocateAsync(relay.ClientOptions() with { Retransmission = TestRelay.SentOnce });
        using var http = new HttpClient { BaseAddress = new($"http://{relay.Host.Admin}") };

        Assert.Equal("ok\n", await http.GetStringAsync("/healthz", Deadline.Token));
        var metrics = await http.GetStringAsync("/metrics", Deadline.Token);
        Assert.Contains("# TYPE causeway_relay_allocations gauge\ncauseway_relay_allocations 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("causeway_relay_errors_total{code=\"401\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("causeway_relay_successes_total{method=\"allocate\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_buffers_that_the_system_does_not_grant_are_said()
    {
        const int Wished = 256 * 1024 * 1024;
        Assert.SkipUnless(SocketBuffers.Granted(Wished) < Wished, "this system grants any buffer");
        using var logs = new RecordedLogs(LogLevel.Warning);
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(buffers: new() { RelayBytes = Wished, ListenerBytes = 4096 }), loggers: logs);

        Assert.StartsWith(
            $"relay.buffers.relayBytes: {Wished} bytes requested, this system grants ",
            Assert.Single(logs.Lines, line => line.Contains("buffers", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_port_in_use_is_said_in_one_line()
    {
        await using var first = await TestRelay.StartAsync(Options(admin: "127.0.0.1:0"));
        var refusal = await Assert.ThrowsAsync<ListenException>(() => TestRelay.StartAsync(Options(admin: $"{first.Host.Admin}")));
        Assert.StartsWith($"relay.admin {first.Host.Admin}: cannot listen", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_hold_neither_secrets_nor_users_addresses()
    {
        using var logs = new RecordedLogs(LogLevel.Information);
        await using (var relay = await TestRelay.StartAsync(loggers: logs))
        {
            await using var client = await relay.AllocateAsync();
            await client.ReleaseAsync(Deadline.Token);
            Assert.DoesNotContain(logs.Lines, line => line.Contains(client.Local.ToString(), StringComparison.Ordinal));
        }

        Assert.Contains("Engine: portable (relay.engine: auto)", logs.Lines);
        Assert.Contains("Stopped", logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => line.Contains(TestRelay.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_ready_when_it_relayed_a_probe_over_every_listener()
    {
        // All listeners are probed at once, even if a subject is limited to one allocation.
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(admin: "127.0.0.1:0", quotas: new() { AllocationsPerSubject = 1 }));
        using var http = new HttpClient { BaseAddress = new($"http://{relay.Host.Admin}") };

        // A probe has a few seconds, which may not suffice for the first one on a busy machine.
        HttpResponseMessage ready = null!;
        await TestWait.UntilAsync(async () => (ready = await http.GetAsync("/readyz", Deadline.Token)).IsSuccessStatusCode);

        Assert.Equal(
            string.Concat(relay.Host.ListenEndpoints.Select(listener =>
                $"{listener.Transport.ToString().ToLowerInvariant()} {listener.Address}: relayed\n")),
            await ready.Content.ReadAsStringAsync(Deadline.Token));
        // Through the relayed address's socket, not inside the process.
        Assert.InRange(relay.Host.Counters.Sum(counters => counters.ToPeers.Packets), 3, long.MaxValue);
        Assert.Equal(0, relay.Host.Counters.Sum(counters => counters.InProcess.Packets));
        // A probe waits two seconds for the answer to its release.
        await TestWait.UntilAsync(() => relay.Host.Allocations == 0);

        relay.Host.Drain();
        using var draining = await http.GetAsync("/readyz", Deadline.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, draining.StatusCode);
    }

    [Fact]
    public async Task It_is_ready_also_where_the_settings_deny_its_own_address()
    {
        await using var relay = await TestRelay.StartAsync(new()
        {
            Listeners = [new() { Address = "127.0.0.1", Port = 0 }],
            Secrets = [TestRelay.Secret],
            AllowPeers = ["127.0.0.0/8"],
            DenyPeers = ["127.0.0.1"],
        });
        await TestWait.UntilAsync(async () => (await relay.Host.ProbeAsync(Deadline.Token)).All(result => result.IsRelayed));

        await using var client = await relay.AllocateAsync();
        var refusal = await Assert.ThrowsAsync<TurnException>(() => client.BindChannelAsync(client.Allocation!.Relayed[0], Deadline.Token));
        Assert.Equal(StunErrorCode.Forbidden, refusal.Code);
    }

    [Fact]
    public async Task It_is_not_ready_when_nothing_can_be_relayed_and_says_why()
    {
        using var other = new TestPeer();
        var port = other.Address.Port;
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(ports: $"{port}-{port}", admin: "127.0.0.1:0"));
        using var http = new HttpClient { BaseAddress = new($"http://{relay.Host.Admin}") };

        // On a busy machine a probe may time out before the refusal arrives; the next one gets it.
        await TestWait.UntilAsync(async () =>
        {
            using var answer = await http.GetAsync("/readyz", Deadline.Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            return (await answer.Content.ReadAsStringAsync(Deadline.Token)).Contains(
                $"udp {relay.Endpoint()}: Allocate was refused: 508", StringComparison.Ordinal);
        });
    }

    private static RelayOptions Options(string? admin = null, TimeSpan drain = default) => new()
    {
        Listeners = [new() { Address = "127.0.0.1", Port = 0 }],
        Secrets = [TestRelay.Secret],
        Admin = admin,
        DrainDeadline = drain,
    };
}
