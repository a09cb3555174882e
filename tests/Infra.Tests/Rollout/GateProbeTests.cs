using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Infra.Resources.Rollout;
using Causeway.Relay.Hosting;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Infra.Tests.Rollout;

/// <summary>The gate's probes through a relay on loopback.</summary>
public sealed class GateProbeTests : IDisposable
{
    private const string Secret = "a secret that only this test knows";
    private static readonly string[] Addresses = ["127.0.0.1", "::1"];
    private static readonly string[] Transports = ["udp", "tcp", "tls"];

    private readonly TestCertificate _certificate = new();
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, int> _ports = [];
    private string? _shownName;

    public void Dispose() => _certificate.Dispose();

    // Starts a relay with every transport on both addresses, except some, as "tcp ::1".
    private async Task<RelayHost> StartRelay(params string[] without)
    {
        foreach (var transport in Transports) _ports[transport] = FreePorts.Take();
        var listeners =
            from address in Addresses
            from transport in Transports
            where !without.Contains($"{transport} {address}")
            select new RelayListenerOptions { Transport = transport, Address = address, Port = _ports[transport] };
        return await RelayHost.StartAsync(new()
        {
            Realm = "gate.example",
            Listeners = [.. listeners],
            Addresses = [.. Addresses.Select(address => new RelayAddressOptions { Address = address })],
            Secrets = [Secret],
            CertificateFile = _certificate.ChainFile,
            CertificateKeyFile = _certificate.KeyFile,
            AllowPeers = ["127.0.0.0/8", "::1/128"],
            Shards = 1,
            DrainDeadline = TimeSpan.Zero,
        }, NullLoggerFactory.Instance, cancellation: TestContext.Current.CancellationToken);
    }

    private string Url(string transport, string name = "localhost") =>
        transport == "tls" ? $"turns:{name}:{_ports["tls"]}?transport=tcp" : $"turn:{name}:{_ports[transport]}?transport={transport}";

    private GateTarget Target(string secret = Secret, string name = "localhost") => new(
        IPAddress.Loopback,
        [.. Transports.Select(transport => Url(transport, name))],
        Credentials.Mint(secret, "gate", DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds()),
        Deadline: TimeSpan.Zero,
        IPAddress.IPv6Loopback);

    // Trusts the test's certificate if it has the expected name.
    private Task Probe(GateTarget target, Func<IPAddress, bool>? hasRoute = null) =>
        Gate.ProbeAsync(target, _warnings.Add, hasRoute ?? Gate.HasRoute, options => options with
        {
            CertificateValidation = (stream, shown, _, errors) =>
            {
                _shownName = ((SslStream)stream).TargetHostName;
                return shown!.GetCertHashString(HashAlgorithmName.SHA256) == _certificate.Hash
                    && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
            },
        });

    private static void RequireIpv6() =>
        Assert.SkipUnless(Gate.HasRoute(IPAddress.IPv6Loopback), "this machine has no IPv6, not even on loopback");

    [Fact]
    public async Task A_relay_that_relays_over_every_transport_and_family_passes()
    {
        RequireIpv6();
        await using var relay = await StartRelay();
        await Probe(Target());

        // Two clients for each transport and address.
        Assert.Equal(12, relay.Counters.Sum(counters => counters.AllocationsCreated));
        Assert.Equal(0, relay.Allocations);
        Assert.Equal("localhost", _shownName);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("udp", "127.0.0.1"), InlineData("tcp", "127.0.0.1"), InlineData("tls", "127.0.0.1")]
    [InlineData("udp", "::1"), InlineData("tcp", "::1"), InlineData("tls", "::1")]
    public async Task Only_a_broken_transport_is_named_with_its_address(string transport, string address)
    {
        RequireIpv6();
        await using var relay = await StartRelay($"{transport} {address}");
        var refused = await Assert.ThrowsAsync<GateFailedException>(() => Probe(Target()));

        var lines = refused.Message.Split('\n')[1..];
        Assert.StartsWith($"  {Url(transport)} at {address}: ", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_with_another_secret_fails_on_every_transport()
    {
        RequireIpv6();
        await using var relay = await StartRelay();
        var refused = await Assert.ThrowsAsync<GateFailedException>(() => Probe(Target("another secret than the relay's")));

        var lines = refused.Message.Split('\n');
        Assert.Contains("the old generation stays in use", lines[0], StringComparison.Ordinal);
        Assert.Equal(6, lines[1..].Length);
        Assert.All(lines[1..], line => Assert.Contains("401", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_for_another_name_fails_the_gate()
    {
        RequireIpv6();
        await using var relay = await StartRelay();
        var refused = await Assert.ThrowsAsync<GateFailedException>(() => Probe(Target(name: "relay.example.org")));
        Assert.All(refused.Message.Split('\n')[1..], line =>
            Assert.StartsWith("  turns:relay.example.org:", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deployer_without_IPv6_says_so_and_probes_over_IPv4()
    {
        RequireIpv6();
        await using var relay = await StartRelay("udp ::1", "tcp ::1", "tls ::1");
        await Probe(Target(), address => address.AddressFamily == AddressFamily.InterNetwork);

        Assert.Equal(6, relay.Counters.Sum(counters => counters.AllocationsCreated));
        var warning = Assert.Single(_warnings);
        Assert.Contains("no IPv6", warning, StringComparison.Ordinal);
        Assert.Contains("not probed at ::1", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployer_without_IPv6_refuses_what_fails_over_IPv4()
    {
        RequireIpv6();
        await using var relay = await StartRelay("tcp 127.0.0.1");
        var refused = await Assert.ThrowsAsync<GateFailedException>(() => Probe(Target(), _ => false));
        Assert.Contains($"{Url("tcp")} at 127.0.0.1", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void There_is_a_route_to_loopback_and_none_to_an_unknown_interface()
    {
        Assert.True(Gate.HasRoute(IPAddress.Loopback));
        Assert.False(Gate.HasRoute(IPAddress.Parse("fe80::1%4000000")));
    }
}
