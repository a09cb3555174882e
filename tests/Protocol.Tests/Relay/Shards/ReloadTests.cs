using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>Changes of settings at run time.</summary>
public class ReloadTests
{
    private static readonly TransportAddress Peer = TransportAddress.Parse("192.0.2.1:9000");
    private readonly TestRelay _relay = new(shards: 2);

    [Fact]
    public void Removed_secrets_create_nothing_new_and_their_allocations_continue()
    {
        var client = _relay.Client("203.0.113.7:1");
        client.Allocate().AssertSuccess();

        _relay.Shared.Reload(_relay.Settings with { Secrets = ["another secret of the tests"] });

        client.Refresh().AssertSuccess();
        _relay.Client("203.0.113.7:2").Allocate().AssertError(StunErrorCode.Unauthenticated);
        var other = _relay.Client("203.0.113.7:3", shard: 1);
        other.Credentials = Credentials.Mint("another secret of the tests", "bob", _relay.Now.UnixSeconds + 100);
        other.Allocate().AssertSuccess();
    }

    [Fact]
    public void Newly_denied_peers_are_unreachable_and_the_others_are_not()
    {
        var client = _relay.Client();
        client.Allocate();
        client.Permit("192.0.2.1", "192.0.2.99").AssertSuccess();
        client.Bind(0x4000, "192.0.2.1:9000").AssertSuccess();
        client.Bind(0x4001, "192.0.2.99:9000").AssertSuccess();

        var rules = new PeerPolicy([IpPrefix.Parse("192.0.2.0/24")], [IpPrefix.Parse("192.0.2.1/32")], []);
        _relay.Shared.Reload(_relay.Settings with { Peers = rules });
        _relay.Elapse(0);

        Assert.Equal(Forward.None, client.SendOn(0x4000, [1]).Forward);
        Assert.Equal(Forward.None, client.SendTo("192.0.2.1:9000", [1]).Forward);
        Assert.Equal(Forward.None, _relay.FromPeer(client.Allocation, Peer, [1]).Forward);
        client.Permit("192.0.2.1").AssertError(StunErrorCode.Forbidden);

        Assert.Equal(ForwardKind.ToPeer, client.SendOn(0x4001, [1]).Forward.Kind);
        Assert.Equal(
            ForwardKind.ToClient, _relay.FromPeer(client.Allocation, Peer with { Ip = IpAddress.Parse("192.0.2.99") }, [1]).Forward.Kind);
    }

    [Fact]
    public void A_relayed_address_stays_a_peer_when_rules_change()
    {
        var (first, second) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        first.Allocate();
        second.Allocate();
        first.Bind(0x4000, second.Relayed[0].ToString()).AssertSuccess();
        second.Permit(first.Relayed[0].Ip.ToString());

        _relay.Shared.Reload(_relay.Settings with { Peers = new([], [], []) });

        Assert.Equal(ForwardKind.ToClient, first.SendOn(0x4000, [1]).Forward.Kind);
    }

    [Fact]
    public void Lower_quotas_refuse_new_allocations_and_keep_current_ones()
    {
        var (first, second) = (_relay.Client("203.0.113.7:1"), _relay.Client("203.0.113.7:2"));
        first.Allocate();
        second.Allocate();

        _relay.Shared.Reload(_relay.Settings with { Quotas = new() { AllocationsPerSubject = 1 } });
        first.Refresh().AssertSuccess();
        second.Refresh().AssertSuccess();
        _relay.Client("203.0.113.7:3").Allocate().AssertError(StunErrorCode.AllocationQuotaReached);

        _relay.Shared.Reload(_relay.Settings with { Quotas = new() { Allocations = 2 } });
        _relay.Client("203.0.113.7:3").Allocate().AssertError(StunErrorCode.InsufficientCapacity);
        Assert.Equal(2, _relay.Shared.Capacity(_relay.Now).Total);

        _relay.Shared.Reload(_relay.Settings);
        _relay.Client("203.0.113.7:3").Allocate().AssertSuccess();
    }

    [Fact]
    public void Bounds_on_strangers_change_at_once()
    {
        _relay.Shared.Reload(_relay.Settings with { Quotas = new() { ChallengesPerAddress = 1 } });

        var client = _relay.Client();
        var request = client.Build(StunClass.Request, StunMethod.Allocate, null, Signing.None);
        var answered = Enumerable.Range(0, 100).Count(_ => client.SendRequest(request) is not null);
        Assert.Equal(20, answered);
    }

    [Fact]
    public void Lifetimes_are_new_for_what_comes_next_and_end_no_allocation()
    {
        var client = _relay.Client();
        client.Allocate().AssertSuccess();

        _relay.Shared.Reload(_relay.Settings with
        {
            DefaultLifetimeSeconds = 60,
            MaxLifetimeSeconds = 120,
            NonceLifetimeSeconds = 90,
            ReservationSeconds = 45,
        });

        // The allocation keeps the 600 s that its client was promised; a Refresh gets the new lifetime.
        _relay.Elapse(80_000);
        Assert.Equal(60u, client.Refresh().Number(StunAttributeType.Lifetime));
        Assert.Equal(120u, client.Refresh(3600).Number(StunAttributeType.Lifetime));
        Assert.Equal(60u, _relay.Client("203.0.113.7:2").Allocate().Number(StunAttributeType.Lifetime));

        // The first nonce is 91 s old.
        _relay.Pass(11_000);
        client.Refresh().AssertError(StunErrorCode.StaleNonce);

        // 45 s keep a reserved port.
        var reserving = _relay.Client("203.0.113.7:3");
        var token = reserving.Allocate((ref StunWriter m) => m.Add(StunAttributeType.EvenPort, [0x80]))[StunAttributeType.ReservationToken];
        _relay.Pass(44_999);
        _relay.Client("203.0.113.7:4", shard: 1)
            .Allocate((ref StunWriter m) => m.Add(StunAttributeType.ReservationToken, token))
            .AssertSuccess();
    }

    [Fact]
    public void A_change_that_a_running_relay_cannot_make_is_refused_as_a_whole()
    {
        var ports = _relay.Settings with { LastPort = 60_000, Secrets = ["another secret of the tests"] };
        Assert.Throws<ArgumentException>(() => _relay.Shared.Reload(ports));
        Assert.Throws<ArgumentException>(() => _relay.Shared.Reload(ports with { LastPort = 65535, Realm = "other" }));
        Assert.Throws<ArgumentException>(() => _relay.Shared.Reload(ports with { LastPort = 65535, Secrets = [] }));

        _relay.Client().Allocate().AssertSuccess();
    }
}
