using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Engines.Portable;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Relay.Tests;

/// <summary>A whole relay on loopback with a port that the system chose, and credentials for it.</summary>
internal sealed class TestRelay : IAsyncDisposable
{
    public const string Secret = "a secret that only tests know";

    private TestRelay(RelayHost host) => Host = host;

    public RelayHost Host { get; }

    public static RelayOptions Options(IpFamily family = IpFamily.IPv4) => new()
    {
        Realm = "tests.example",
        Listeners = [new() { Address = Loopback(family).ToString(), Port = 0 }],
        Addresses = [new() { Address = Loopback(family).ToString() }],
        Secrets = [Secret],
        AllowPeers = ["127.0.0.0/8", "::1"],
        Shards = 2,
        DrainDeadline = TimeSpan.Zero,
    };

    public static async Task<TestRelay> StartAsync(RelayOptions? options = null, BindEngine? bind = null, TimeProvider? time = null, ILoggerFactory? loggers = null) =>
        new(await RelayHost.StartAsync(options ?? Options(), bind ?? PortableEngine.Bind, loggers ?? NullLoggerFactory.Instance, time, TestContext.Current.CancellationToken));

    public static IpAddress Loopback(IpFamily family) => IpAddress.Parse(family == IpFamily.IPv4 ? "127.0.0.1" : "::1");

    public static void SkipWithout(IpFamily family) =>
        Assert.SkipUnless(HostAddresses.All(family).Contains(Loopback(family)), $"this machine has no {family} loopback address; what is tested here was not tested");

    public TransportAddress Endpoint(ClientTransport transport = ClientTransport.Udp) => Host.ListenEndpoints.First(listener => listener.Transport == transport).Address;

    public static Credentials Credentials(string subject = "alice", string secret = Secret, TimeSpan? lifetime = null) =>
        Turn.Protocol.Credentials.Mint(secret, subject, (DateTimeOffset.UtcNow + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds());

    public TurnClientOptions ClientOptions(ClientTransport transport = ClientTransport.Udp) => new() { Server = Endpoint(transport), Transport = transport, Credentials = Credentials() };

    public Task<TurnClient> ConnectAsync(TurnClientOptions? options = null) => TurnClient.ConnectAsync(options ?? ClientOptions(), TestContext.Current.CancellationToken);

    public async Task<TurnClient> AllocateAsync(TurnClientOptions? options = null, AllocateOptions? wish = null)
    {
        var client = await ConnectAsync(options);
        await client.AllocateAsync(wish ?? new() { Family = Endpoint().Family }, TestContext.Current.CancellationToken);
        return client;
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
