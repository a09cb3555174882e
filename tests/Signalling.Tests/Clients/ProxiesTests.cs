using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Signalling.Tests.Clients;

public class ProxiesTests
{
    [Fact]
    public async Task Behind_a_named_proxy_each_client_has_an_address_of_its_own()
    {
        await using var server = await TestServer.StartAsync(("limits:connectionsPerAddress", "1"), ("proxies:0", "127.0.0.1"));

        using var ann = await ConnectAsync(server, "127.0.0.1", "198.51.100.1");
        using var bob = await ConnectAsync(server, "127.0.0.1", "198.51.100.2");

        await IsServedAsync(ann);
        await IsServedAsync(bob);
        await IsRefusedAsync(server, "127.0.0.1", "198.51.100.2");
    }

    [Fact]
    public async Task What_the_client_itself_wrote_before_the_proxy_did_counts_for_nothing()
    {
        await using var server = await TestServer.StartAsync(
            ("limits:connectionsPerAddress", "1"), ("proxies:0", "127.0.0.1"), ("proxies:1", "10.0.0.0/8"));

        using var ann = await ConnectAsync(server, "127.0.0.1", "203.0.113.7, 198.51.100.1");

        await IsServedAsync(ann);
        await IsRefusedAsync(server, "127.0.0.1", "203.0.113.8, 198.51.100.1");
        // Through two proxies of ours.
        await IsRefusedAsync(server, "127.0.0.1", "203.0.113.9, 198.51.100.1, 10.1.2.3");
        await IsRefusedAsync(server, "127.0.0.1", "not an address, 198.51.100.1");
    }

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.1")]
    [InlineData("127.0.0.2", null)]
    public async Task Nobody_else_is_believed(string from, string? named)
    {
        (string, string)[] proxies = named is null ? [] : [("proxies:0", named)];
        await using var server = await TestServer.StartAsync([("limits:connectionsPerAddress", "1"), .. proxies]);

        using var ann = await ConnectAsync(server, from, "198.51.100.1");

        await IsServedAsync(ann);
        await IsRefusedAsync(server, from, "198.51.100.2");
    }

    [Theory]
    [InlineData("for=198.51.100.1", "for=203.0.113.8, for=198.51.100.1")]
    [InlineData("for=\"[2001:db8::1]:4711\"", "for=\"[2001:db8::1]\";proto=https")]
    public async Task A_proxy_may_speak_as_RFC_7239_has_it(string one, string same)
    {
        await using var server = await TestServer.StartAsync(("limits:connectionsPerAddress", "1"), ("proxies:0", "127.0.0.1"));

        using var ann = await ConnectAsync(server, "127.0.0.1", null, one);
        using var bob = await ConnectAsync(server, "127.0.0.1", null, "for=198.51.100.77");

        await IsServedAsync(ann);
        await IsServedAsync(bob);
        await IsRefusedAsync(server, "127.0.0.1", null, same);
        // From elsewhere it is ignored.
        using var cat = await ConnectAsync(server, "127.0.0.2", null, "for=198.51.100.1");
        await IsServedAsync(cat);
        await IsRefusedAsync(server, "127.0.0.2", null, "for=198.51.100.2");
    }

    [Fact]
    public async Task Where_both_headers_name_one_client_it_is_that_one()
    {
        await using var server = await TestServer.StartAsync(("limits:connectionsPerAddress", "1"), ("proxies:0", "127.0.0.1"));
        using var ann = await ConnectAsync(server, "127.0.0.1", "203.0.113.7, 198.51.100.1", "for=198.51.100.1");

        await IsServedAsync(ann);
        await IsRefusedAsync(server, "127.0.0.1", "198.51.100.1", null);
        Assert.DoesNotContain(server.Log.Lines, line => line.Text.Contains("name different clients", StringComparison.Ordinal));
    }

    // A proxy writes one of them, and passes the other on as the client made it up.
    [Theory]
    [InlineData("198.51.100.1", "for=203.0.113.8", "203.0.113.8", "for=198.51.100.1")]
    [InlineData("198.51.100.1", "for=_made-up", "not an address", "for=198.51.100.1")]
    [InlineData("198.51.100.1", "malformed", "", "for=198.51.100.1")]
    public async Task Where_the_headers_name_different_clients_the_proxys_address_counts(
        string x, string forwarded, string otherX, string otherForwarded)
    {
        await using var server = await TestServer.StartAsync(("limits:connectionsPerAddress", "1"), ("proxies:0", "127.0.0.1"));
        using var ann = await ConnectAsync(server, "127.0.0.1", x, forwarded);

        await IsServedAsync(ann);
        await IsRefusedAsync(server, "127.0.0.1", otherX, otherForwarded);
        Assert.Contains(
            server.Log.Lines, line => line.Text.Contains("Forwarded and X-Forwarded-For name different clients", StringComparison.Ordinal));
        // The client itself has its own all the same.
        using var bob = await ConnectAsync(server, "127.0.0.1", "198.51.100.1", null);
        await IsServedAsync(bob);
    }

    // A page that had its name lead to this machine can send any header.
    [Fact]
    public async Task No_header_makes_up_for_a_host_that_is_refused()
    {
        await using var server = await TestServer.StartAsync(("proxies:0", "127.0.0.1"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-For", "127.0.0.1");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "localhost");

        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task The_connections_of_a_named_proxy_are_not_one_clients()
    {
        await using var server = await TestServer.StartAsync(("limits:idleConnectionsPerAddress", "1"), ("proxies:0", "127.0.0.1"));
        using var one = new TcpClient();
        await one.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        await http.GetAsync(server.Address, TestContext.Current.CancellationToken);

        await one.GetStream()
            .WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(one.GetStream());
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("192.0.2.10", true)]
    [InlineData("::ffff:192.0.2.10", true)]
    [InlineData("192.0.2.11", false)]
    [InlineData("10.0.0.7", true)]
    [InlineData("2001:db8:1::7", true)]
    [InlineData("2001:db8:2::7", false)]
    public void A_proxy_is_named_by_its_address_or_network(string address, bool named) =>
        Assert.Equal(named, Create("192.0.2.10", "10.0.0.0/24", "2001:db8:1::/48").Contains(IPAddress.Parse(address)));

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server, string from, string? forwardedFor, string? forwarded = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(SignallingProtocol.Subprotocol);
        if (forwardedFor is not null) socket.Options.SetRequestHeader("X-Forwarded-For", forwardedFor);
        if (forwarded is not null) socket.Options.SetRequestHeader("Forwarded", forwarded);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
                client.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await client.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(client, ownsSocket: true);
            },
        };
        await socket.ConnectAsync(server.WebSocketAddress, new HttpMessageInvoker(handler), TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task IsServedAsync(ClientWebSocket socket)
    {
        await socket.SendAsync(
            """{"type":"hello","room":"tea"}"""u8.ToArray(), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var answer = new byte[4000];
        var length = (await socket.ReceiveAsync(answer.AsMemory(), TestContext.Current.CancellationToken)).Count;
        // An error is text, too, and its connection does not stay.
        Assert.Contains("\"welcome\"", Encoding.UTF8.GetString(answer, 0, length), StringComparison.Ordinal);
    }

    // By a status, or by an error and a close.
    private static async Task IsRefusedAsync(TestServer server, string from, string? forwardedFor, string? forwarded = null)
    {
        try
        {
            using var socket = await ConnectAsync(server, from, forwardedFor, forwarded);
            var buffer = new byte[1000];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
        }
    }

    internal static Proxies Create(params string[] prefixes) =>
        new(new TestSettings(new() { Proxies = prefixes }), TimeProvider.System, NullLoggerFactory.Instance);
}
