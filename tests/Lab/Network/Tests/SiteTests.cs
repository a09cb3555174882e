using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Network.Tests;

[Collection(nameof(Alone))]
public sealed class SiteTests
{
    [Theory]
    [InlineData(AddressFamily.InterNetworkV6)]
    [InlineData(AddressFamily.InterNetwork)]
    public async Task What_joins_a_network_later_does_not_cut_off_those_who_speak_already(AddressFamily family)
    {
        await using var testbed = Testbed.Create("joins-later");
        var server = testbed.Server("server");
        var site = testbed.Site("home", family == AddressFamily.InterNetworkV6 ? Access.IPv6Only : Access.FriendlyNat);
        using var client = site.Host("alice").Udp(family);
        using var echo = server.Udp(family, port: 7);
        Speak();

        // A bridge without a hardware address uses the lowest of its ports', and so changes it.
        Join(testbed.Internet.Host, "exchange");
        Speak();
        Join(site.Router, "lan");
        Speak();

        // Within less than a neighbour's old address is believed in for, which is 15 s at least.
        void Speak()
        {
            client.SendTo([1, 2, 3], echo.LocalEndPoint!);
            EndPoint from = new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            Assert.True(echo.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "nothing arrived at the server");
            echo.SendTo(new byte[echo.ReceiveFrom(new byte[16], ref from)], from);
            Assert.True(client.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead), "nothing came back");
            client.Receive(new byte[16]);
        }

        static void Join(Host host, string bridge) => host.Namespace.Ip(
            "link add low address 02:00:00:00:00:00 type veth peer name end", $"link set low master {bridge} up", "link set end up");
    }

    [Fact]
    public async Task A_site_that_there_are_no_addresses_for_is_refused_in_words()
    {
        await using var testbed = Testbed.Create("many-sites");
        for (var site = 1; site < 16; site++) testbed.NextSite();
        testbed.Site("last", Access.FriendlyNat);
        Assert.Contains("192.0.2.0/24 has addresses for 16",
            Assert.Throws<InvalidOperationException>(() => testbed.Site("one-more", Access.FriendlyNat)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_its_site_has_no_address_for_is_refused_in_words()
    {
        await using var testbed = Testbed.Create("many-hosts");
        var site = testbed.Site("home", Access.FriendlyNat);
        var host = site.Host("visitor");
        for (var visit = 2; visit < 14; visit++) site.Receive(host);
        Assert.Equal("192.0.2.14", $"{host.IPv4}");
        Assert.Contains("no address for host visitor", Assert.Throws<InvalidOperationException>(() => site.Receive(host)).Message,
            StringComparison.Ordinal);
    }
}
