using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Tests.Engines;

public class ConnectionLimitsTests
{
    [Fact]
    public void An_IPv4_address_is_bounded_by_itself()
    {
        var limits = new ConnectionLimits(100, 2);
        Assert.Equal([true, true, false], Enter(limits, "192.0.2.1", "192.0.2.1", "192.0.2.1"));
        Assert.Equal([true], Enter(limits, "192.0.2.2"));

        limits.Leave(IpAddress.Parse("192.0.2.1"));
        Assert.Equal([true], Enter(limits, "192.0.2.1"));
    }

    [Theory]
    [InlineData(1, "2001:db8:0:0", 2)] // addresses of one /64
    [InlineData(2, "2001:db8:0:", 4)] // of one /56
    [InlineData(3, "2001:db8:0:", 8)] // of one /48
    public void IPv6_addresses_are_bounded_by_their_networks(int kind, string prefix, int allowed)
    {
        var limits = new ConnectionLimits(1000, 2);
        var addresses = Enumerable.Range(0, 100).Select(i => kind switch
        {
            1 => $"{prefix}::{i:x}",
            2 => $"{prefix}{i:x}::1",
            _ => $"{prefix}{i:x}00::1",
        }).ToArray();

        Assert.Equal(allowed, Enter(limits, addresses).Count(entered => entered));
        Assert.Equal([true], Enter(limits, "2001:db8:1::1"));
    }

    [Fact]
    public void The_bound_that_was_reached_is_told()
    {
        var limits = new ConnectionLimits(3, 1);
        Assert.Equal(ConnectionBound.None, limits.TryEnter(IpAddress.Parse("2001:db8::1"), out _));
        Assert.Equal(
            (ConnectionBound.Network, IpPrefix.Parse("2001:db8::/64")),
            (limits.TryEnter(IpAddress.Parse("2001:db8::2"), out var full), full));
        Assert.Equal([true], Enter(limits, "2001:db8:0:1::1"));
        Assert.Equal(
            (ConnectionBound.Network, IpPrefix.Parse("2001:db8::/56")),
            (limits.TryEnter(IpAddress.Parse("2001:db8:0:2::1"), out full), full));
        Assert.Equal([true], Enter(limits, "192.0.2.1"));
        Assert.Equal(ConnectionBound.All, limits.TryEnter(IpAddress.Parse("192.0.2.2"), out _));
    }

    [Fact]
    public void Nothing_is_kept_of_those_that_left()
    {
        var limits = new ConnectionLimits(1000, 10);
        string[] addresses =
        [
            .. Enumerable.Range(0, 200).Select(i => $"2001:db8:{i:x}::1"),
            .. Enumerable.Range(0, 200).Select(i => $"192.0.2.{i}"),
        ];
        Assert.All(Enter(limits, addresses), Assert.True);
        Assert.Equal((400, 800), (limits.Count, limits.Networks));

        foreach (var address in addresses) limits.Leave(IpAddress.Parse(address));
        Assert.Equal((0, 0), (limits.Count, limits.Networks));
    }

    [Fact]
    public void A_client_that_a_proxy_names_later_counts_to_all_connections_first_and_then_to_its_networks()
    {
        var limits = new ConnectionLimits(3, 1);
        var client = IpAddress.Parse("192.0.2.1");
        Assert.True(limits.TryEnterUnknown());
        Assert.Equal((1, 0), (limits.Count, limits.Networks));
        Assert.True(limits.TryIdentify(client, out _));
        Assert.Equal((1, 1), (limits.Count, limits.Networks));

        Assert.True(limits.TryEnterUnknown());
        Assert.False(limits.TryIdentify(client, out var full));
        Assert.Equal(IpPrefix.Parse("192.0.2.1/32"), full);
        Assert.True(limits.TryIdentify(IpAddress.Parse("192.0.2.2"), out _));
        limits.Forget(IpAddress.Parse("192.0.2.2"));
        Assert.True(limits.TryEnterUnknown());
        Assert.False(limits.TryEnterUnknown());
        Assert.Equal((3, 1), (limits.Count, limits.Networks));

        limits.Leave(client);
        limits.Leave(null);
        limits.Leave(null);
        Assert.Equal((0, 0), (limits.Count, limits.Networks));
    }

    private static bool[] Enter(ConnectionLimits limits, params string[] addresses) =>
        [.. addresses.Select(address => limits.TryEnter(IpAddress.Parse(address)))];
}
