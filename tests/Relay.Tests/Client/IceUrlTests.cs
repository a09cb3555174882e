using Causeway.Turn.Client;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests.Client;

public class IceUrlTests
{
    [Theory]
    [InlineData("stun:relay.example.org", "stun", "relay.example.org", 3478, ClientTransport.Udp)]
    [InlineData("stun:relay.example.org:19302", "stun", "relay.example.org", 19302, ClientTransport.Udp)]
    [InlineData("turn:192.0.2.1", "turn", "192.0.2.1", 3478, ClientTransport.Udp)]
    [InlineData("turn:192.0.2.1:80?transport=tcp", "turn", "192.0.2.1", 80, ClientTransport.Tcp)]
    [InlineData("turn:[2001:db8::1]:3478?transport=udp", "turn", "2001:db8::1", 3478, ClientTransport.Udp)]
    [InlineData("turns:relay.example.org?transport=tcp", "turns", "relay.example.org", 5349, ClientTransport.Tls)]
    [InlineData("turns:[2001:db8::1]:443", "turns", "2001:db8::1", 443, ClientTransport.Tls)]
    public void A_URL_is_taken_apart(string text, string scheme, string host, int port, ClientTransport transport)
    {
        Assert.True(IceUrl.TryParse(text, out var url));
        Assert.Equal(new IceUrl(scheme, host, port, transport), url);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://example.org")]
    [InlineData("turn:")]
    [InlineData("turn:host:0")]
    [InlineData("turn:host:65536")]
    [InlineData("turn:host:34x")]
    [InlineData("turn:host:")]
    [InlineData("turn:2001:db8::1")]
    [InlineData("turn:host?transport=sctp")]
    [InlineData("turns:host?transport=udp")]
    [InlineData("stuns:host")]
    public void What_is_no_URL_is_refused(string text) => Assert.False(IceUrl.TryParse(text, out _));

    [Theory]
    [InlineData("stun:relay.example.org:3478")]
    [InlineData("turn:[2001:db8::1]:3478?transport=udp")]
    [InlineData("turns:relay.example.org:443?transport=tcp")]
    public void It_is_written_as_it_was_read(string text)
    {
        Assert.True(IceUrl.TryParse(text, out var url));
        Assert.Equal(text, url.ToString());
    }
}
