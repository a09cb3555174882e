using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay.Shards;

/// <summary>A host that gets its first address of a family, or another one, while the relay runs.</summary>
public class LaterRelayedAddressTests
{
    private static readonly IpAddress Later = IpAddress.Parse("198.51.100.77");

    [Fact]
    public void A_family_whose_first_address_comes_later_is_served_from_then_on()
    {
        var relay = new TestRelay(s => s with { Addresses = [s.Addresses[0]] });
        relay.Client().AllocateIPv6().AssertError(StunErrorCode.AddressFamilyNotSupported);
        var dual = relay.Client("203.0.113.9:1");
        dual.AllocateDual().AssertSuccess();
        Assert.Single(dual.Relayed);

        var ipv6 = IpAddress.Parse(TestRelay.IPv6);
        relay.Shared.Serve(new(ipv6, ipv6));

        var client = relay.Client("203.0.113.8:1");
        client.AllocateDual().AssertSuccess();
        Assert.Equal([IpAddress.Parse(TestRelay.PublicIPv4), ipv6], client.Relayed.Select(relayed => relayed.Ip));
        Assert.Equal([IpFamily.IPv4, IpFamily.IPv6], relay.Shared.Addresses.Select(address => address.Family));
    }

    [Fact]
    public void Another_address_serves_new_allocations_and_current_ones_continue_and_reach_them()
    {
        var relay = new TestRelay();
        var before = relay.Client("203.0.113.7:1");
        before.Allocate();
        var free = relay.Shared.Capacity(relay.Now).Free;

        relay.Shared.Serve(new(Later, Later));

        var after = relay.Client("203.0.113.8:1", "bob");
        after.Allocate().AssertSuccess();
        Assert.Equal(Later, after.Relayed[0].Ip);
        Assert.Equal(free - 1, relay.Shared.Capacity(relay.Now).Free);
        before.Bind(0x4000, after.Relayed[0].ToString()).AssertSuccess();
        after.Bind(0x4001, before.Relayed[0].ToString()).AssertSuccess();
        Assert.Equal(after.Handle, before.SendOn(0x4000, "x"u8).Forward.Client);
        Assert.Equal(before.Handle, after.SendOn(0x4001, "x"u8).Forward.Client);

        before.Refresh(0).AssertSuccess();
        after.Refresh(0).AssertSuccess();
        relay.AssertEmpty();
    }

    [Fact]
    public void An_allocation_that_is_being_opened_stays_on_its_address()
    {
        var relay = new TestRelay(s => s with { Addresses = [s.Addresses[0]] }) { OpensAtOnce = false };
        var client = relay.Client();
        Assert.Null(client.TryRequest(StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            m.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24);
        }));

        var ipv6 = IpAddress.Parse(TestRelay.IPv6);
        relay.Shared.Serve(new(ipv6, ipv6));
        relay.Shared.Serve(new(Later, Later));
        relay.Opened(relay.Pending.Single());

        var answer = Assert.IsType<SendToClient>(relay.Effects().First(effect => effect is SendToClient));
        Assert.True(StunMessage.TryRead(answer.Message.Span, out var message));
        Assert.True(message.TryGetXorAddress(StunAttributeType.XorRelayedAddress, out var relayed));
        Assert.Equal(IpAddress.Parse(TestRelay.PublicIPv4), relayed.Ip);
        Assert.Equal(1, relay.Shared.Allocations);
    }

    [Fact]
    public void Only_some_former_addresses_are_kept_and_allocations_on_the_others_still_end_cleanly()
    {
        var relay = new TestRelay();
        var first = relay.Client();
        first.Allocate();
        for (var i = 1; i <= 100; i++)
            relay.Shared.Serve(new(Later with { Bits = Later.Bits + (uint)i }, Later with { Bits = Later.Bits + (uint)i }));

        Assert.Equal(RelayedAddresses.MaxOwn, relay.Shared.Relayed.Own.Length);
        Assert.Equal(
            [Later.Bits + 100, IpAddress.Parse(TestRelay.IPv6).Bits], relay.Shared.Addresses.Select(address => address.Local.Bits));
        first.Refresh(0).AssertSuccess();
        relay.AssertEmpty();
    }
}
