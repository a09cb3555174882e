using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Relay.Hosting;
using Causeway.Turn.Client;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Relay.Tests.Hosting;

/// <summary>Reloading settings of a running relay.</summary>
public sealed class RelayReloadTests : IDisposable
{
    private readonly RecordedLogs _logs = new(LogLevel.Information);
    private readonly string _secrets = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_secrets);
        _logs.Dispose();
    }

    [Fact]
    public async Task No_connection_is_dropped_and_the_certificate_secrets_and_bounds_are_new()
    {
        using var certificate = new TestCertificate();
        File.WriteAllText(_secrets, TestRelay.Secret + "\n");
        await using var relay = await TestRelay.StartAsync(Options(certificate), loggers: _logs);
        await using var tls = await relay.AllocateAsync(Options(relay, ClientTransport.Tls, certificate));
        await using var udp = await relay.AllocateAsync();

        certificate.Renew();
        File.WriteAllText(_secrets, "a secret of the next rotation\n" + TestRelay.Secret + "\n");
        Assert.Empty(relay.Host.Reload(Options(certificate, quotas: new() { AllocationsPerSubject = 3, Allocations = 50 })));

        await tls.RefreshAsync(cancellation: Deadline.Token);
        await udp.RefreshAsync(cancellation: Deadline.Token);
        Assert.Equal(50, relay.Host.Capacity.Total);
        // The new certificate is in use, and so is the new secret.
        await using var next = await relay.AllocateAsync(Options(relay, ClientTransport.Tls, certificate) with
        {
            Credentials = TestRelay.Credentials("alice", "a secret of the next rotation"),
        });
        await using var late = await relay.ConnectAsync();
        Assert.Equal(
            StunErrorCode.AllocationQuotaReached,
            (await Assert.ThrowsAsync<TurnException>(() => late.AllocateAsync(cancellation: Deadline.Token))).Code);

        Assert.Contains(
            "Settings reloaded; changed: relay.quotas.allocations, relay.quotas.allocationsPerSubject, the secrets (2), the certificate",
            _logs.Lines);
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("rotation", StringComparison.Ordinal));
        // A probe has a few seconds, which may not suffice on a busy machine.
        await TestWait.UntilAsync(async () => (await relay.Host.ProbeAsync(Deadline.Token)).All(result => result.IsRelayed));
    }

    [Fact]
    public async Task Wrong_settings_are_refused_as_a_whole_and_those_in_use_stay()
    {
        using var certificate = new TestCertificate();
        File.WriteAllText(_secrets, TestRelay.Secret + "\n");
        await using var relay = await TestRelay.StartAsync(Options(certificate), loggers: _logs);

        // Valid quotas, invalid peers and secret, and an invalid certificate.
        certificate.Break();
        File.WriteAllText(_secrets, "short\n");
        var mistakes = relay.Host.Reload(Options(certificate, quotas: new() { Allocations = 1 }, deny: ["everybody"]));

        Assert.Equal(
            ["relay.secretsFile", "relay.certificateFile", "relay.denyPeers[0]"], mistakes.Select(mistake => mistake.Split(':')[0]));
        var line = Assert.Single(
            _logs.Lines, line => line.StartsWith("Settings not reloaded, the current ones stay in use", StringComparison.Ordinal));
        Assert.All(mistakes, mistake => Assert.Contains(mistake, line, StringComparison.Ordinal));
        Assert.NotEqual(1, relay.Host.Capacity.Total);
        await using var client = await relay.AllocateAsync();
    }

    [Fact]
    public async Task Settings_that_need_a_restart_are_named_until_there_is_one()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(), loggers: _logs);
        var changed = new RelayOptions
        {
            Realm = "elsewhere.example",
            Listeners = [.. TestRelay.Options().Listeners.Take(2), new() { Transport = "tls", Address = "127.0.0.2", Port = 0 }],
            Addresses = TestRelay.Options().Addresses,
            Secrets = [TestRelay.Secret],
            CertificateFile = TestRelay.Certificate.ChainFile,
            CertificateKeyFile = TestRelay.Certificate.KeyFile,
            AllowPeers = TestRelay.Options().AllowPeers,
            Quotas = new() { AllocationsPerSubject = 1000 },
            Buffers = new() { ListenerBytes = 64 * 1024, RelayBytes = 32 * 1024 },
            Streams = new() { SendTimeout = TimeSpan.FromMinutes(2) },
            Shards = 2,
            DrainDeadline = TimeSpan.FromMinutes(3),
        };

        for (var i = 0; i < 2; i++)
        {
            Assert.Empty(relay.Host.Reload(changed));
            Assert.Equal(i + 1, _logs.Lines.Count(line =>
                line == "Changed settings that need a restart: relay.realm, relay.listeners[2].address, relay.buffers.listenerBytes"));
        }

        Assert.Contains(
            "Settings reloaded; changed: relay.buffers.relayBytes, relay.streams.sendTimeout, relay.drainDeadline", _logs.Lines);
        Assert.Contains("Settings reloaded; changed: nothing", _logs.Lines);
        await using var client = await relay.AllocateAsync();
    }

    [Fact]
    public async Task Bounds_on_connections_are_new_and_close_none()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(streams: new() { Connections = 3 }), loggers: _logs);
        await using var one = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        await using var two = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tls));

        // Fewer than are open: those stay, and no new one is admitted.
        Assert.Empty(relay.Host.Reload(TestRelay.Options(streams: new() { Connections = 1 })));
        await Assert.ThrowsAsync<TurnException>(() => relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp)));
        await one.RefreshAsync(cancellation: Deadline.Token);
        await two.RefreshAsync(cancellation: Deadline.Token);

        Assert.Empty(relay.Host.Reload(TestRelay.Options(streams: new() { Connections = 4, ConnectionsPerAddress = 3 })));
        await using var three = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp));
        await Assert.ThrowsAsync<TurnException>(() => relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp)));
        Assert.Equal(3, relay.Host.Connections);
    }

    [Fact]
    public async Task Timeouts_of_connections_are_new_for_those_that_come_later()
    {
        var time = new FakeTimeProvider();
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(streams: new() { HandshakeTimeout = TimeSpan.FromHours(1) }), time: time);
        Assert.Empty(relay.Host.Reload(TestRelay.Options(streams: new() { HandshakeTimeout = TimeSpan.FromSeconds(10) })));
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await silent.ConnectAsync(relay.Endpoint(ClientTransport.Tcp).ToIPEndPoint(), Deadline.Token);
        await TestWait.UntilAsync(() => relay.Host.Connections == 1);

        time.Advance(TimeSpan.FromSeconds(12));
        await TestWait.UntilAsync(() => relay.Host.Connections == 0);
    }

    [Fact]
    public async Task Users_are_read_again_and_a_removed_one_loses_its_allocation()
    {
        File.WriteAllText(_secrets, "gorst:hero\nada:lovelace\n");
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(usersFile: _secrets), loggers: _logs);
        await using var gorst = await relay.AllocateAsync(relay.ClientOptions() with { Credentials = new("gorst", "hero") });
        await using var ada = await relay.AllocateAsync(
            relay.ClientOptions(ClientTransport.Tls) with { Credentials = new("ada", "lovelace") });
        Assert.Equal(2, Assert.Single(relay.Host.Metrics.All.Single(metric => metric.Name == "causeway.relay.users").Read()).Value);

        File.WriteAllText(_secrets, "ada:lovelace\n");
        Assert.Empty(relay.Host.Reload(TestRelay.Options(usersFile: _secrets)));

        await TestWait.UntilAsync(() => relay.Host.Allocations == 1);
        await ada.RefreshAsync(cancellation: Deadline.Token);
        Assert.Equal(
            StunErrorCode.Unauthenticated,
            (await Assert.ThrowsAsync<TurnException>(() => gorst.RefreshAsync(cancellation: Deadline.Token))).Code);
        Assert.Contains("Settings reloaded; changed: the users (1)", _logs.Lines);
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("gorst", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_setting_that_a_running_relay_takes_over_is_in_the_operators_guide()
    {
        var guide = File.ReadAllText(Checkout.At("docs", "operating.md"));
        guide = guide[guide.IndexOf("## Settings of a running service", StringComparison.Ordinal)..];
        Assert.All(RelayHost.Reloadable, key => Assert.Contains($"`{key["relay.".Length..]}`", guide, StringComparison.Ordinal));
    }

    private RelayOptions Options(TestCertificate certificate, RelayQuotaOptions? quotas = null, IReadOnlyList<string>? deny = null)
    {
        var options = TestRelay.Options(certificate: certificate, quotas: quotas);
        return new()
        {
            Realm = options.Realm,
            Listeners = options.Listeners,
            Addresses = options.Addresses,
            SecretsFile = _secrets,
            CertificateFile = options.CertificateFile,
            CertificateKeyFile = options.CertificateKeyFile,
            AllowPeers = options.AllowPeers,
            DenyPeers = deny ?? [],
            Quotas = options.Quotas,
            Shards = options.Shards,
        };
    }

    private static TurnClientOptions Options(TestRelay relay, ClientTransport transport, TestCertificate certificate) =>
        relay.ClientOptions(transport) with
        {
            CertificateValidation = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == certificate.Hash,
        };
}
