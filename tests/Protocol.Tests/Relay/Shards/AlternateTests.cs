using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>300 Try Alternate with ALTERNATE-SERVER (RFC 8489 §10, RFC 8656 §7.2), when the relay drains or is full.</summary>
public class AlternateTests
{
    private static readonly AlternateServer[] Servers =
    [
        new(ClientTransport.Udp, TransportAddress.Parse("192.0.2.7:3478")),
        new(ClientTransport.Udp, TransportAddress.Parse("[2001:db8::7]:3478")),
        new(ClientTransport.Tcp, TransportAddress.Parse("192.0.2.7:3479")),
        new(ClientTransport.Tls, TransportAddress.Parse("192.0.2.7:443"), "relay7.example.org"),
        new(ClientTransport.Tls, TransportAddress.Parse("[2001:db8::8]:443"), "relay8.example.org"),
    ];

    [Theory]
    [InlineData(ClientTransport.Udp, "203.0.113.7:40000", "192.0.2.7:3478 [2001:db8::7]:3478", null)]
    [InlineData(ClientTransport.Udp, "[2001:db8:9::9]:40000", "[2001:db8::7]:3478 192.0.2.7:3478", null)]
    [InlineData(ClientTransport.Tcp, "203.0.113.7:40000", "192.0.2.7:3479", null)]
    [InlineData(ClientTransport.Tls, "203.0.113.7:40000", "192.0.2.7:443", "relay7.example.org")]
    public void A_draining_relay_names_a_server_of_the_clients_transport_and_family_first(
        ClientTransport transport, string from, string servers, string? domain)
    {
        var relay = new TestRelay(s => s with { Alternates = Servers });
        relay.Shard.Drain();
        var client = relay.Client(from, transport: transport);

        var answer = client.Allocate();

        answer.AssertError(StunErrorCode.TryAlternate);
        Assert.Equal(servers, string.Join(' ', Named(answer)));
        Assert.Equal(domain is not null, answer.Types.Contains(StunAttributeType.AlternateDomain));
        if (domain is not null) Assert.Equal(domain, Encoding.UTF8.GetString(answer[StunAttributeType.AlternateDomain]));
        relay.AssertEmpty();
    }

    [Theory]
    [InlineData(nameof(Signing.Sha1))]
    [InlineData(nameof(Signing.Sha256))]
    public void The_response_is_signed_and_a_stranger_learns_of_no_server(string signing)
    {
        var relay = new TestRelay(s => s with { Alternates = Servers });
        relay.Shard.Drain();
        var client = relay.Client();

        client.Signing = Signing.None;
        client.Allocate().AssertError(StunErrorCode.Unauthenticated);
        client.Signing = Enum.Parse<Signing>(signing);
        var answer = client.Allocate();
        answer.AssertError(StunErrorCode.TryAlternate);
        Assert.True(answer.IsSignedWith(client.Key, sha256: client.Signing == Signing.Sha256));
        client.Credentials = client.Credentials with { Password = "wrong" };
        Assert.Empty(Named(client.Allocate()));
    }

    [Fact]
    public void A_full_relay_sends_new_clients_elsewhere_and_keeps_its_own()
    {
        var relay = new TestRelay(s => s with { Alternates = Servers, Quotas = new() { Allocations = 1 } });
        var (client, second) = (relay.Client(), relay.Client("203.0.113.8:40000"));
        client.Allocate().AssertSuccess();

        second.Allocate().AssertError(StunErrorCode.TryAlternate);

        client.Refresh().AssertSuccess();
        client.Permit("192.0.2.1").AssertSuccess();
        client.Allocate().AssertError(StunErrorCode.AllocationMismatch);
        client.Refresh(0).AssertSuccess();
        second.Allocate().AssertSuccess();
    }

    [Fact]
    public void A_relay_without_a_free_port_or_socket_sends_clients_elsewhere()
    {
        var relay = new TestRelay(s => s with { Alternates = Servers, FirstPort = 50_000, LastPort = 50_000 });
        var (client, second) = (relay.Client(), relay.Client("203.0.113.8:40000"));
        client.Allocate().AssertSuccess();
        second.Allocate().AssertError(StunErrorCode.TryAlternate);
        client.Refresh(0).AssertSuccess();

        relay.OpensAtOnce = false;
        client.TryRequest(StunMethod.Allocate, (ref StunWriter m) => m.Add(StunAttributeType.RequestedTransport, 17u << 24));
        relay.Failed(relay.Pending.Single(), RelayFailure.Exhausted);

        new Answer(relay.Effects().OfType<SendToClient>().Single().Message.ToArray()).AssertError(StunErrorCode.TryAlternate);
        relay.AssertEmpty();
    }

    [Fact]
    public void A_users_own_quota_and_other_errors_send_nobody_elsewhere()
    {
        var relay = new TestRelay(s => s with { Alternates = Servers, Quotas = new() { AllocationsPerSubject = 1 } });
        var (client, second) = (relay.Client(), relay.Client("203.0.113.8:40000"));
        client.Allocate().AssertSuccess();

        second.Allocate().AssertError(StunErrorCode.AllocationQuotaReached);
        second.Request(StunMethod.Allocate).AssertError(StunErrorCode.BadRequest);
        relay.Shard.Drain();
        second.Allocate((ref StunWriter m) => m.Add(StunAttributeType.ReservationToken, new byte[8]))
            .AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Theory]
    [InlineData(ClientTransport.Udp, "203.0.113.7:40000", 2)]
    [InlineData(ClientTransport.Tcp, "[2001:db8:9::9]:40000", 5)]
    [InlineData(ClientTransport.Udp, "203.0.113.7:40000", 0)]
    public void Without_a_server_of_its_transport_and_family_a_client_gets_508(ClientTransport transport, string from, int count)
    {
        var servers = count == 2 ? Servers[1..3] : Servers[..count];
        var relay = new TestRelay(s => s with { Alternates = servers });
        relay.Shard.Drain();

        relay.Client(from, transport: transport).Allocate().AssertError(StunErrorCode.InsufficientCapacity);
    }

    [Fact]
    public void Clients_spread_over_the_servers_and_a_retransmission_gets_the_same_one()
    {
        var servers = Enumerable.Range(1, 4)
            .Select(i => new AlternateServer(ClientTransport.Udp, new(IpAddress.Parse($"192.0.2.{i}"), 3478)));
        var relay = new TestRelay(s => s with { Alternates = [.. servers] });
        relay.Shard.Drain();
        var client = relay.Client();

        var named = Enumerable.Range(0, 16).SelectMany(_ =>
        {
            var answer = client.Allocate();
            Assert.Equal(answer.Bytes, client.SendRequest(client.LastRequest)!.Bytes);
            return Named(answer);
        }).ToList();

        Assert.Equal(4, named.Distinct().Count());
    }

    [Fact]
    public void The_relays_own_probe_is_sent_nowhere()
    {
        var relay = new TestRelay(s => s with { Alternates = Servers });
        var client = relay.Client();
        relay.Settings.Probes.Add(client.Handle.Transport, client.Handle.Address);
        relay.Shard.Drain();

        client.Allocate().AssertError(StunErrorCode.InsufficientCapacity);
    }

    private static IEnumerable<string> Named(Answer answer) => answer.Attributes
        .Where(attribute => attribute.Type == StunAttributeType.AlternateServer)
        .Select(attribute =>
        {
            Assert.True(StunAddress.TryRead(attribute.Value, out var address));
            return address.ToString();
        });
}
