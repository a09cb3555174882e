using System.Net.Security;
using System.Security.Cryptography;
using Causeway.Relay.Tests.Coturn;
using Causeway.Turn.Client;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Client;

/// <summary>Clients follow a draining relay to another one (RFC 8489 §10).</summary>
public class AlternateServerTests
{
    [Theory]
    [InlineData(ClientTransport.Udp)]
    [InlineData(ClientTransport.Tcp)]
    [InlineData(ClientTransport.Tls)]
    public async Task A_client_of_a_draining_relay_allocates_on_the_other_one(ClientTransport transport)
    {
        await using var other = await TestRelay.StartAsync();
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(alternates: Alternates(other)));
        relay.Host.Drain();

        await using var client = await TurnClient.ConnectAllocatedAsync(relay.ClientOptions(transport), cancellation: Deadline.Token);

        Assert.Equal((0, 1), (relay.Host.Allocations, other.Host.Allocations));
        await client.RefreshAsync(cancellation: Deadline.Token);
    }

    [Fact]
    public async Task Over_TLS_the_named_domain_is_that_of_the_certificate()
    {
        var shown = new List<string>();
        await using var other = await TestRelay.StartAsync();
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(alternates: Alternates(other, "other.example.org")));
        relay.Host.Drain();

        await using var client = await TurnClient.ConnectAllocatedAsync(
            relay.ClientOptions(ClientTransport.Tls) with
            {
                TlsHost = "relay.example.org",
                CertificateValidation = (stream, certificate, _, _) =>
                {
                    shown.Add(((SslStream)stream).TargetHostName);
                    return certificate?.GetCertHashString(HashAlgorithmName.SHA256) == TestRelay.Certificate.Hash;
                },
            },
            cancellation: Deadline.Token);

        Assert.Equal(["relay.example.org", "other.example.org"], shown);
    }

    [Fact]
    public async Task A_circle_of_servers_ends_where_it_began_and_each_was_asked_once()
    {
        var (first, second) = (FreePorts.Take(), FreePorts.Take());
        await using var one = await StartAsync(first, second);
        await using var two = await StartAsync(second, first);
        one.Host.Drain();
        two.Host.Drain();

        var refused = await Assert.ThrowsAsync<TurnException>(
            () => TurnClient.ConnectAllocatedAsync(one.ClientOptions(), cancellation: Deadline.Token));

        Assert.Equal(StunErrorCode.TryAlternate, refused.Code);
        Assert.Equal((ushort)first, refused.Alternate?.Server.Port);
        Assert.All(
            new[] { one, two },
            relay => Assert.Equal(1, relay.Host.Counters.Sum(counters => counters.Errors(StunErrorCode.TryAlternate))));
    }

    [Fact]
    public async Task Without_being_told_to_a_client_follows_nobody_and_says_whom_it_could()
    {
        await using var other = await TestRelay.StartAsync();
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(alternates: Alternates(other)));
        relay.Host.Drain();

        var refused = await Assert.ThrowsAsync<TurnException>(() => relay.AllocateAsync());

        Assert.Equal((StunErrorCode.TryAlternate, other.Endpoint()), (refused.Code, refused.Alternate?.Server));
        Assert.Equal(0, other.Host.Allocations);
    }

    [Fact]
    public async Task A_reload_names_and_removes_servers()
    {
        await using var other = await TestRelay.StartAsync();
        await using var relay = await TestRelay.StartAsync();
        relay.Host.Drain();
        await using var client = await relay.ConnectAsync();
        async Task<StunErrorCode?> RefusalAsync() =>
            (await Assert.ThrowsAsync<TurnException>(() => client.AllocateAsync(cancellation: Deadline.Token))).Code;
        Assert.Equal(StunErrorCode.InsufficientCapacity, await RefusalAsync());

        Assert.Empty(relay.Host.Reload(TestRelay.Options(alternates: Alternates(other))));
        Assert.Equal(StunErrorCode.TryAlternate, await RefusalAsync());
        Assert.Empty(relay.Host.Reload(TestRelay.Options()));
        Assert.Equal(StunErrorCode.InsufficientCapacity, await RefusalAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_a_response_that_is_signed_with_the_password_names_a_server(bool isSigned)
    {
        var signer = new RequestSigner(new("gorst", "hero"), "tests.example", [1], PasswordAlgorithm.Sha256, [], false);
        var buffer = new byte[500];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Allocate, new(1, 2));
        writer.AddError(StunErrorCode.TryAlternate);
        writer.AddAddress(StunAttributeType.AlternateServer, TransportAddress.Parse("192.0.2.7:3478"));
        var key = PasswordAlgorithm.Sha256.Key("gorst", "tests.example", isSigned ? "hero" : "other");
        writer.AddIntegrity(StunIntegrity.Sha256, key);
        Assert.True(writer.TryFinish(out var length));

        var refused = Assert.Throws<TurnException>(() => StunJudge.IsFinal(StunMethod.Allocate, buffer[..length], signer, null));

        Assert.Equal(isSigned ? TransportAddress.Parse("192.0.2.7:3478") : null, refused.Alternate?.Server);
    }

    /// <summary>coturn's client follows it too.</summary>
    [Fact]
    public async Task Packets_of_an_outside_client_come_back_through_the_other_relay()
    {
        CoturnTools.SkipIfMissing();
        await using var other = await TestRelay.StartAsync();
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(alternates: Alternates(other)));
        relay.Host.Drain();
        var peerPort = FreePorts.Take();
        await using var peer = await CoturnTools.PeerAsync(new(TestRelay.Loopback(IpFamily.IPv4), (ushort)peerPort));

        var output = await CoturnTools.UclientAsync(
            "-u", "alice", "-W", TestRelay.Secret, "-p", $"{relay.Endpoint().Port}", "-e", "127.0.0.1", "-r", $"{peerPort}",
            "-n", "20", "-m", "1", "-l", "200", "-c", "127.0.0.1");

        Assert.True(output.Contains("tot_recv_msgs=20", StringComparison.Ordinal), output);
        Assert.Equal(0, relay.Host.Counters.Sum(counters => counters.AllocationsCreated));
        Assert.Equal(1, other.Host.Counters.Sum(counters => counters.AllocationsCreated));
    }

    private static RelayAlternateOptions[] Alternates(TestRelay other, string? domain = null) =>
    [
        .. new[] { ClientTransport.Udp, ClientTransport.Tcp, ClientTransport.Tls }.Select(transport => new RelayAlternateOptions
        {
            Transport = transport.ToString().ToLowerInvariant(),
            Address = other.Endpoint(transport).Ip.ToString(),
            Port = other.Endpoint(transport).Port,
            Domain = transport == ClientTransport.Tls ? domain : null,
        }),
    ];

    private static Task<TestRelay> StartAsync(int port, int alternate) => TestRelay.StartAsync(TestRelay.Options(
        listeners: [new() { Address = "127.0.0.1", Port = port }],
        alternates: [new() { Address = "127.0.0.1", Port = alternate }]));
}
