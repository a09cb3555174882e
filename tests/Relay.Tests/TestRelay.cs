using System.Security.Cryptography;
using Causeway.Relay.Hosting;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Relay.Tests;

/// <summary>A whole relay on loopback, and credentials for it.</summary>
internal sealed class TestRelay : IAsyncDisposable
{
    public const string Secret = "a secret that only tests know";

    private TestRelay(RelayHost host) => Host = host;

    /// <summary>The certificate of TLS listeners, shared by tests that don't change it.</summary>
    public static TestCertificate Certificate => SharedCertificate.Value;

    private static readonly Lazy<TestCertificate> SharedCertificate = new(() =>
    {
        var certificate = new TestCertificate();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => certificate.Dispose();
        return certificate;
    });

    public RelayHost Host { get; }

    /// <summary>Options with one loopback address, and a listener of each transport on a port that the system chooses.</summary>
    public static RelayOptions Options(
        IpFamily family = IpFamily.IPv4,
        IReadOnlyList<RelayListenerOptions>? listeners = null,
        int shards = 2,
        string ports = "49152-65535",
        RelayQuotaOptions? quotas = null,
        RelayStreamOptions? streams = null,
        RelayBufferOptions? buffers = null,
        RelayLifetimeOptions? lifetimes = null,
        TestCertificate? certificate = null,
        string? admin = null,
        string? adminTokenFile = null,
        TimeSpan drain = default,
        bool tcpAllocations = false,
        IReadOnlyList<RelayAddressOptions>? addresses = null,
        IReadOnlyList<string>? users = null,
        string? usersFile = null,
        bool hideUsernames = false,
        IReadOnlyList<RelayAlternateOptions>? alternates = null)
    {
        var loopback = Loopback(family).ToString();
        return new()
        {
            Realm = "tests.example",
            Listeners = listeners ??
            [
                new() { Transport = "udp", Address = loopback, Port = 0 },
                new() { Transport = "tcp", Address = loopback, Port = 0 },
                new() { Transport = "tls", Address = loopback, Port = 0 },
            ],
            Addresses = addresses ?? [new() { Address = loopback }],
            Ports = ports,
            Secrets = [Secret],
            Users = users ?? [],
            UsersFile = usersFile,
            HideUsernames = hideUsernames,
            Alternates = alternates ?? [],
            CertificateFile = (certificate ?? Certificate).ChainFile,
            CertificateKeyFile = (certificate ?? Certificate).KeyFile,
            AllowPeers = ["127.0.0.0/8", "::1"],
            TcpAllocations = tcpAllocations,
            Quotas = quotas ?? new() { AllocationsPerSubject = 1000 },
            Streams = streams ?? new(),
            Buffers = buffers ?? new(),
            Lifetimes = lifetimes ?? new(),
            Shards = shards,
            Admin = admin,
            AdminTokenFile = adminTokenFile,
            DrainDeadline = drain,
        };
    }

    public static async Task<TestRelay> StartAsync(
        RelayOptions? options = null, BindEngine? bind = null, TimeProvider? time = null, ILoggerFactory? loggers = null) =>
        new(await RelayHost.StartAsync(
            options ?? Options(), bind, loggers ?? NullLoggerFactory.Instance, time, TestContext.Current.CancellationToken));

    public static IpAddress Loopback(IpFamily family) => IpAddress.Parse(family == IpFamily.IPv4 ? "127.0.0.1" : "::1");

    public static void SkipWithout(IpFamily family) =>
        Assert.SkipUnless(
            HostAddresses.All(family).Contains(Loopback(family)),
            $"this machine has no {family} loopback address");

    public TransportAddress Endpoint(ClientTransport transport = ClientTransport.Udp) =>
        Host.ListenEndpoints.First(listener => listener.Transport == transport).Address;

    public static Credentials Credentials(string subject = "alice", string secret = Secret, TimeSpan? lifetime = null) =>
        Turn.Protocol.Credentials.Mint(secret, subject, (DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds());

    /// <summary>For tests that count requests, where retransmissions on a busy machine would count too.</summary>
    public static Retransmission SentOnce { get; } = new() { Initial = TimeSpan.FromSeconds(60), Count = 1, LastFactor = 1 };

    public TurnClientOptions ClientOptions(ClientTransport transport = ClientTransport.Udp) => new()
    {
        Server = Endpoint(transport),
        Transport = transport,
        Credentials = Credentials(),
        CertificateValidation = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == Certificate.Hash,
    };

    public Task<TurnClient> ConnectAsync(TurnClientOptions? options = null) =>
        TurnClient.ConnectAsync(options ?? ClientOptions(), TestContext.Current.CancellationToken);

    public async Task<TurnClient> AllocateAsync(TurnClientOptions? options = null, AllocateOptions? wish = null)
    {
        var client = await ConnectAsync(options);
        await client.AllocateAsync(wish ?? new() { Family = Endpoint().Family }, TestContext.Current.CancellationToken);
        return client;
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
