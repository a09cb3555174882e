using System.Net;
using System.Net.Sockets;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Relays;
using Causeway.Signalling.Tests.Service;
using Causeway.Turn.Client;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Tests.Relays;

public class EmbeddedRelayTests
{
    private const string Secret = "a secret that both sides know";

    [Fact]
    public async Task The_relay_in_this_process_takes_the_credential_of_a_welcome()
    {
        await using var server = await TestServer.StartAsync(Settings(port: 0));
        using var ann = await server.JoinAsync("tea");
        var turn = ann.Welcomed.IceServers.Single(server => server.Username is not null);

        await using var client = await ConnectAsync(server, new(turn.Username!, turn.Credential!));
        var allocation = await client.AllocateAsync(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("127.0.0.1", allocation.Relayed.Single().Ip.ToString());
        Assert.Equal(1, server.App.Services.GetRequiredService<EmbeddedRelay>().Host!.Allocations);
    }

    [Fact]
    public async Task Its_readiness_is_that_of_the_relays()
    {
        await using var server = await TestServer.StartAsync(Settings(port: 0));
        using var http = new HttpClient { BaseAddress = server.Address };

        // A probe has seconds to come back, which may not be enough for the first one on a busy machine.
        HttpResponseMessage ready = null!;
        await TestServer.EventuallyAsync(
            async () =>
            {
                ready = await http.GetAsync("/healthz/relays", TestContext.Current.CancellationToken);
                server.Clock.Advance(TimeSpan.FromSeconds(5));
                return ready.IsSuccessStatusCode;
            },
            "a probe");
        Assert.Contains(
            "\"source\":\"embedded\"", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        server.App.Services.GetRequiredService<EmbeddedRelay>().Host!.Drain();
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/healthz/relays", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public void What_one_client_may_have_of_it_follows_from_the_rooms_limit_unless_its_settings_say_otherwise()
    {
        Assert.Equal(84, PerSubject());
        Assert.Equal(24, PerSubject("--signalling:limits:roomMembers=3"));
        Assert.Equal(7, PerSubject("--signalling:limits:roomMembers=3", "--relay:quotas:allocationsPerSubject=7"));

        static int PerSubject(params string[] args) => Program.Build(
        [
            "--environment=Development", "--signalling:embeddedRelay=true", "--relay:listeners:0:address=127.0.0.1",
            $"--relay:secrets:0={Secret}", $"--signalling:ice:secrets:0={Secret}", .. args,
        ]).Services.GetRequiredService<IOptions<RelayOptions>>().Value.Quotas.AllocationsPerSubject;
    }

    [Fact]
    public async Task It_refuses_any_other()
    {
        await using var server = await TestServer.StartAsync(Settings(port: 0));

        await using var client = await ConnectAsync(
            server, Credentials.Mint("some other secret", "somebody", server.Clock.GetUtcNow().ToUnixTimeSeconds() + 600));

        await Assert.ThrowsAsync<TurnException>(() => client.AllocateAsync(cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_of_the_relay_in_use_is_one_line()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var failure = await Assert.ThrowsAsync<StartException>(() => TestServer.StartAsync(Settings(port)));

        Assert.Contains($"127.0.0.1:{port}", failure.Lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_settings_are_checked_with_the_others()
    {
        var failure = Assert.Throws<StartException>(() => Program.Build(
        [
            "--environment=Development", "--signalling:embeddedRelay=true", "--signalling:limits:roomMembers=1", "--relay:ports=9-8",
            "--relay:listeners:0:address=127.0.0.1",
            "--relay:secrets:0=one secret of some length", "--signalling:ice:secrets:0=another secret of some length",
        ]));

        Assert.Equal(
            ["relay.ports", "signalling.ice.secrets[0]", "signalling.limits.roomMembers"],
            failure.Lines.Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("another secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_Development_it_is_a_mistake()
    {
        var failure = Assert.Throws<StartException>(() => Program.Build(
        [
            "--environment=Production", "--signalling:embeddedRelay=true", "--relay:listeners:0:address=127.0.0.1",
            $"--relay:secrets:0={Secret}",
        ]));

        Assert.StartsWith(
            "signalling.embeddedRelay: allowed only in the Development environment", failure.Lines.Single(), StringComparison.Ordinal);
    }

    private static (string, string)[] Settings(int port) =>
    [
        ("embeddedRelay", "true"),
        ("ice:secrets:0", Secret),
        ("relay:secrets:0", Secret),
        ("relay:listeners:0:address", "127.0.0.1"),
        ("relay:listeners:0:port", $"{port}"),
        ("relay:addresses:0:address", "127.0.0.1"),
        // Beside those that the system gives away, for a listener must not stand among them.
        ("relay:ports", "61000-65535"),
        ("relay:shards", "1"),
        ("relay:drainDeadline", "00:00:00"),
    ];

    private static Task<TurnClient> ConnectAsync(TestServer server, Credentials credentials) => TurnClient.ConnectAsync(
        new()
        {
            Server = server.App.Services.GetRequiredService<EmbeddedRelay>().Host!.ListenEndpoints.Single().Address,
            Credentials = credentials,
        },
        TestContext.Current.CancellationToken);
}
