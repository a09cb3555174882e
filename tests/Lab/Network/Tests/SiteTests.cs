namespace Causeway.Lab.Network.Tests;

public sealed class SiteTests
{
    [Fact]
    public async Task A_site_that_there_are_no_addresses_for_is_refused_in_words()
    {
        await using var testbed = Testbed.Create("many-sites");
        for (var site = 1; site < 16; site++) testbed.NextSite();
        testbed.Site("last", Access.FriendlyNat);
        Assert.Contains("192.0.2.0/24 has addresses for 16", Assert.Throws<InvalidOperationException>(() => testbed.Site("one-more", Access.FriendlyNat)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_its_site_has_no_address_for_is_refused_in_words()
    {
        await using var testbed = Testbed.Create("many-hosts");
        var site = testbed.Site("home", Access.FriendlyNat);
        var host = site.Host("visitor");
        for (var visit = 2; visit < 14; visit++) site.Receive(host);
        Assert.Equal("192.0.2.14", $"{host.IPv4}");
        Assert.Contains("no address for host visitor", Assert.Throws<InvalidOperationException>(() => site.Receive(host)).Message, StringComparison.Ordinal);
    }
}
