using System.Net;
using Causeway.Signalling.Clients;

namespace Causeway.Signalling.Tests.Clients;

public class ForwardedHeaderTests
{
    [Theory]
    // The examples of RFC 7239.
    [InlineData("for=\"_gazonk\"", "-")]
    [InlineData("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17")]
    [InlineData("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60")]
    [InlineData("for=192.0.2.43, for=198.51.100.17", "192.0.2.43 198.51.100.17")]
    [InlineData("for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown", "192.0.2.43 2001:db8:cafe::17 -")]
    [InlineData("for=_hidden, for=_SEVKISEK", "- -")]
    [InlineData("for=192.0.2.43, for=\"[2001:db8:cafe::17]\"", "192.0.2.43 2001:db8:cafe::17")]
    // Ports: numbers and made-up ones.
    [InlineData("for=\"192.0.2.43:47011\"", "192.0.2.43")]
    [InlineData("for=\"192.0.2.43:_p0rt\"", "192.0.2.43")]
    [InlineData("for=\"[2001:db8::1]:_x\"", "2001:db8::1")]
    [InlineData("for=\"unknown:80\"", "-")]
    // What says nothing of a client, and what lists allow.
    [InlineData("proto=https", "-")]
    [InlineData("by=192.0.2.1;host=call.example.org", "-")]
    [InlineData(", for=192.0.2.1,,", "192.0.2.1")]
    [InlineData("for=192.0.2.1; proto=https ,\tfor=192.0.2.2", "192.0.2.1 192.0.2.2")]
    [InlineData(";for=192.0.2.1;", "192.0.2.1")]
    [InlineData("", "")]
    // In a quoted string commas, semicolons and escapes are text.
    [InlineData("host=\"a,b;for=192.0.2.9\";for=192.0.2.1", "192.0.2.1")]
    [InlineData("secret=\"\\\"for=192.0.2.9\\\"\";for=192.0.2.1", "192.0.2.1")]
    [InlineData("for=\"192\\.0.2.1\"", "192.0.2.1")]
    public void A_header_names_a_client_for_each_proxy(string header, string clients) => Assert.Equal(clients, Read(header));

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("for")]
    [InlineData("for=")]
    [InlineData("=192.0.2.1")]
    [InlineData("for = 192.0.2.1")]
    [InlineData("for=192.0.2.1;for=192.0.2.2")]
    [InlineData("for=192.0.2.1;FOR=192.0.2.2")]
    [InlineData("for=192.0.2.1 for=192.0.2.2")]
    [InlineData("for=[2001:db8::1]")] // Not quoted.
    [InlineData("for=192.0.2.1:80")]
    [InlineData("for=\"2001:db8::1\"")] // Without brackets.
    [InlineData("for=\"[192.0.2.1]\"")]
    [InlineData("for=\"[2001:db8::1\"")]
    [InlineData("for=\"[2001:db8::1]80\"")]
    [InlineData("for=\"[fe80::1%eth0]\"")]
    [InlineData("for=\"192.0.2.1:\"")]
    [InlineData("for=\"192.0.2.1:65536\"")]
    [InlineData("for=\"192.0.2.1:+80\"")]
    [InlineData("for=\"192.0.2.1:_\"")]
    [InlineData("for=\"192.0.2.1")]
    [InlineData("for=\"192.0.2.1\\")]
    [InlineData("for=\"192.0.2.1\"x")]
    [InlineData("for=192.0.2.256")]
    [InlineData("for=127.1")]
    [InlineData("for=010.0.0.1")]
    [InlineData("for=_")]
    [InlineData("for=\"_hid den\"")]
    [InlineData("for=example.org")]
    [InlineData("for=192.0.2.1, oops")]
    [InlineData("for=\"192.0.2.1\u0000\"")]
    public void A_malformed_header_is_not_believed(string header) => Assert.Equal("malformed", Read(header));

    [Fact]
    public void Several_headers_are_one_list() =>
        Assert.Equal("192.0.2.1 192.0.2.2 192.0.2.3", Read("for=192.0.2.1, for=192.0.2.2", "for=192.0.2.3"));

    [Fact]
    public void A_list_is_bounded()
    {
        Assert.NotEqual("malformed", Read(string.Join(',', Enumerable.Repeat("for=192.0.2.1", 32))));
        Assert.Equal("malformed", Read(string.Join(',', Enumerable.Repeat("for=192.0.2.1", 33))));
    }

    [Theory]
    [InlineData("for=198.51.100.1", "198.51.100.1")]
    [InlineData("for=203.0.113.7, for=198.51.100.1", "198.51.100.1")] // The client wrote the first one itself.
    [InlineData("for=203.0.113.7, for=198.51.100.1, for=10.1.2.3", "198.51.100.1")] // Through two proxies of ours.
    [InlineData("for=10.1.2.4, for=10.1.2.3", "10.1.2.4")] // Made by the outer proxy itself.
    [InlineData("for=203.0.113.7, for=unknown, for=10.1.2.3", "10.1.2.3")]
    [InlineData("for=203.0.113.7, for=_hidden", "127.0.0.1")]
    [InlineData("for=203.0.113.7, proto=https", "127.0.0.1")]
    [InlineData("for=203.0.113.7;", "203.0.113.7")]
    [InlineData("oops, for=198.51.100.1", "127.0.0.1")]
    public void The_client_is_the_last_who_is_no_proxy(string header, string client) =>
        Assert.Equal(IPAddress.Parse(client), ProxiesTests.Create("127.0.0.1", "10.0.0.0/8").Client(IPAddress.Loopback, header));

    private static string Read(params string[] headers) =>
        ForwardedHeader.TryRead(headers, out var nodes) ? string.Join(' ', nodes.Select(node => node?.ToString() ?? "-")) : "malformed";
}
