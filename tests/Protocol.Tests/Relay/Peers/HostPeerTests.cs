using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Peers;

/// <summary>
/// Addresses of the relay's own host: packets to them pass no firewall, so they are denied, whether or not the relay listens or relays
/// there.
/// </summary>
public class HostPeerTests
{
    private const string Service = "1.2.3.4";
    private const string ServiceIPv6 = "2a00:1::4";
    private readonly TestRelay _relay = new();
    private readonly TestClient _client;

    public HostPeerTests()
    {
        _client = _relay.Client();
        _client.AllocateDual();
    }

    [Theory]
    [InlineData(Service)]
    [InlineData(ServiceIPv6)]
    // NAT64 and 6to4 of the IPv4 one.
    [InlineData("64:ff9b::1.2.3.4")]
    [InlineData("2002:102:304::1")]
    // The settings of this relay allow 192.0.2.0/24, which covers the network and not this host.
    [InlineData("192.0.2.7")]
    public void An_address_of_the_host_is_denied(string ip)
    {
        _client.Permit(ip).AssertSuccess();
        SetHost(Service, ServiceIPv6, "192.0.2.7");

        _client.Permit(ip).AssertError(StunErrorCode.Forbidden);
        _client.Permit("192.0.2.1", ip).AssertError(StunErrorCode.Forbidden);
        _client.Bind(0x4000, At(ip)).AssertError(StunErrorCode.Forbidden);

        SetHost();
        _client.Bind(0x4000, At(ip)).AssertSuccess();
    }

    [Theory]
    [InlineData(Service)]
    [InlineData(ServiceIPv6)]
    [InlineData("64:ff9b::1.2.3.4")]
    public void Channels_and_permissions_of_before_lead_nowhere_once_the_host_has_the_address(string ip)
    {
        var peer = TransportAddress.Parse(At(ip));
        _client.Bind(0x4000, At(ip)).AssertSuccess();
        Assert.Equal(ForwardKind.ToPeer, _client.SendOn(0x4000, "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.ToPeer, _client.SendTo(At(ip), "x"u8).Forward.Kind);
        Assert.Equal(ForwardKind.ToClient, _relay.FromPeer(_client.Allocation, peer, "x"u8).Forward.Kind);

        SetHost(Service, ServiceIPv6);

        Assert.Equal(Forward.None, _client.SendOn(0x4000, "x"u8).Forward);
        Assert.Equal(Forward.None, _client.SendTo(At(ip), "x"u8).Forward);
        Assert.Equal(Forward.None, _relay.FromPeer(_client.Allocation, peer, "x"u8).Forward);
        Assert.Equal((2, 1), (_relay.Counters.Drops(DropReason.NotRelayed), _relay.Counters.Drops(DropReason.PeerDenied)));

        SetHost();
        Assert.Equal(ForwardKind.ToPeer, _client.SendOn(0x4000, "x"u8).Forward.Kind);
    }

    [Theory]
    [InlineData(TestRelay.LocalIPv4)]
    [InlineData(TestRelay.PublicIPv4)]
    public void Relayed_addresses_on_the_host_are_peers(string ip)
    {
        SetHost(TestRelay.LocalIPv4, TestRelay.IPv6, Service, "127.0.0.1", "::1");
        var bob = _relay.Client("203.0.113.8:1", "bob");
        bob.AllocateDual();
        bob.Permit(ip).AssertSuccess();
        bob.Permit(TestRelay.IPv6).AssertSuccess();
        _client.Bind(0x4000, $"{ip}:{bob.Relayed[0].Port}").AssertSuccess();
        _client.Bind(0x4001, bob.Relayed[1].ToString()).AssertSuccess();

        Assert.Equal(bob.Handle, _client.SendOn(0x4000, "x"u8).Forward.Client);
        Assert.Equal(bob.Handle, _client.SendOn(0x4001, "x"u8).Forward.Client);
    }

    [Theory]
    [InlineData("1.2.3.4/32", false, true)]
    [InlineData("1.2.3.0/24", false, false)]
    [InlineData("1.2.3.0/24", true, true)]
    public void The_settings_may_allow_the_host_by_name(string prefix, bool allowHost, bool isAllowed)
    {
        var relay = new TestRelay(
            s => s with { Peers = new([IpPrefix.Parse(prefix)], [], [TransportAddress.Parse("0.0.0.0:3478")], allowHost) });
        relay.Shared.SetHostAddresses([IpAddress.Parse(Service)]);
        var client = relay.Client();
        client.Allocate();

        var answer = client.Bind(0x4000, At(Service));
        if (isAllowed) answer.AssertSuccess();
        else answer.AssertError(StunErrorCode.Forbidden);
        Assert.Equal(isAllowed ? ForwardKind.ToPeer : ForwardKind.None, client.SendOn(0x4000, "x"u8).Forward.Kind);
        // Its own listener is denied, whatever is allowed.
        client.Bind(0x4001, $"{Service}:3478").AssertError(StunErrorCode.Forbidden);
    }

    [Theory]
    [InlineData(TestRelay.PublicIPv4)]
    [InlineData(TestRelay.LocalIPv4)]
    public void A_deny_rule_for_the_network_that_the_relay_lies_in_leaves_its_relayed_addresses_peers(string own)
    {
        // A deployment denies its own network, which contains the relay's address.
        var address = IpAddress.Parse(own);
        var network = new IpPrefix(address with { Bits = address.Bits >> 8 << 8 }, 24);
        var relay = new TestRelay(s => s with { Peers = new([], [network], []) });
        var (alice, bob) = (relay.Client("203.0.113.7:1"), relay.Client("203.0.113.8:1", "bob"));
        alice.Allocate();
        bob.Allocate();

        bob.Permit(TestRelay.PublicIPv4).AssertSuccess();
        alice.Bind(0x4000, $"{TestRelay.PublicIPv4}:{bob.Relayed[0].Port}").AssertSuccess();
        Assert.Equal(ForwardKind.ToClient, alice.SendOn(0x4000, "x"u8).Forward.Kind);
    }

    [Theory]
    // By its public form: denied.
    [InlineData(TestRelay.PublicIPv4, TestRelay.PublicIPv4, false)]
    [InlineData(TestRelay.PublicIPv4, TestRelay.LocalIPv4, false)]
    // By the local form only: clients use the public one, which stays allowed.
    [InlineData(TestRelay.LocalIPv4, TestRelay.LocalIPv4, false)]
    [InlineData(TestRelay.LocalIPv4, TestRelay.PublicIPv4, true)]
    public void A_deny_rule_can_name_the_relays_own_address(string denied, string ip, bool isAllowed)
    {
        var relay = new TestRelay(s => s with { Peers = new([], [IpPrefix.Parse(denied)], []) });
        var (alice, bob) = (relay.Client("203.0.113.7:1"), relay.Client("203.0.113.8:1", "bob"));
        alice.Allocate();
        bob.Allocate();

        var permitted = bob.Permit(ip);
        var bound = alice.Bind(0x4000, $"{ip}:{bob.Relayed[0].Port}");
        if (isAllowed)
        {
            permitted.AssertSuccess();
            bound.AssertSuccess();
        }
        else
        {
            permitted.AssertError(StunErrorCode.Forbidden);
            bound.AssertError(StunErrorCode.Forbidden);
        }

        Assert.Equal(isAllowed ? ForwardKind.ToClient : ForwardKind.None, alice.SendOn(0x4000, "x"u8).Forward.Kind);
    }

    private void SetHost(params string[] addresses) => _relay.Shared.SetHostAddresses(addresses.Select(IpAddress.Parse));

    private static string At(string ip) => new TransportAddress(IpAddress.Parse(ip), 5432).ToString();
}
