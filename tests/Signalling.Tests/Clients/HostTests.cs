using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Signalling.Tests.Clients;

public class HostTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:8080")]
    [InlineData("LocalHost:1")]
    [InlineData("calls.localhost:5000")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10:8080")]
    [InlineData("[::1]:8080")]
    [InlineData("192.168.1.20:8080")]
    public async Task On_loopback_this_machine_is_reached_by_its_own_names_and_by_addresses_at_any_port(string host)
    {
        await using var server = await TestServer.StartAsync();

        var (page, _) = await GetAsync(server, "/", host);
        using var socket = await ConnectAsync(server, host);

        Assert.Equal((HttpStatusCode.OK, WebSocketState.Open), (page, socket.State));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example:8080")]
    [InlineData("notlocalhost")]
    public async Task On_loopback_a_name_that_was_made_to_lead_here_is_refused_with_a_word(string host)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var path in new[] { "/", "/r/tea", "/js/main.js", "/ws", "/healthz" })
        {
            var (status, text) = await GetAsync(server, path, host);

            Assert.Equal(HttpStatusCode.MisdirectedRequest, status);
            Assert.Contains($"{host} is not a name of this server", text, StringComparison.Ordinal);
            Assert.Contains($"http://localhost:{server.Address.Port}", text, StringComparison.Ordinal);
            Assert.Contains("signalling.origins", text, StringComparison.Ordinal);
        }

        using var socket = await ConnectAsync(server, host);
        var error = await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
        await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
        Assert.Equal((WebSocketMessageType.Text, CloseCode.NotAllowed), (error.MessageType, (CloseCode)(int)socket.CloseStatus!));
    }

    [Fact]
    public async Task The_hosts_of_the_origins_are_names_of_this_server_too_as_behind_a_proxy()
    {
        await using var server = await TestServer.StartAsync(
            ("origins:0", "https://call.example.org"), ("origins:1", "https://bücher.example"),
            ("origins:2", "https://xn--mnchen-3ya.example"));

        var (named, _) = await GetAsync(server, "/", "call.example.org");
        var (otherPort, _) = await GetAsync(server, "/", "CALL.example.org:8443");
        var (international, _) = await GetAsync(server, "/", "xn--bcher-kva.example");
        var (encoded, _) = await GetAsync(server, "/", "xn--mnchen-3ya.example");
        var (other, _) = await GetAsync(server, "/", "example.org");
        using var socket = await ConnectAsync(server, "call.example.org", "https://call.example.org");

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.MisdirectedRequest),
            (named, otherPort, international, encoded, other));
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    public async Task A_client_that_names_no_host_is_no_browser()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);

        await client.GetStream().WriteAsync("GET /healthz HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);

        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("127.0.0.1", "http", true)]
    [InlineData("127.5.5.5", "http", true)]
    [InlineData("::1", "http", true)]
    [InlineData("::ffff:127.0.0.1", "http", true)]
    [InlineData("192.168.1.20", "http", false)]
    [InlineData("2001:db8::20", "http", false)]
    // A name that somebody else made lead here has no certificate that this server could show.
    [InlineData("127.0.0.1", "https", false)]
    public void Names_are_asked_for_on_loopback_without_TLS_alone(string local, string scheme, bool refused)
    {
        var check = new HostCheck(new TestSettings(new()), TimeProvider.System, NullLogger<HostCheck>.Instance);
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = IPAddress.Parse(local);
        (context.Request.Scheme, context.Request.Host) = (scheme, new("evil.example"));

        Assert.Equal(refused, check.Fault(context) is not null);
    }

    [Fact]
    public async Task Many_refusals_do_not_fill_the_log()
    {
        await using var server = await TestServer.StartAsync();

        for (var i = 0; i < 20; i++) await GetAsync(server, "/", "evil.example");
        var first = Told(server);
        server.Clock.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 20; i++) await GetAsync(server, "/", "evil.example");

        Assert.Equal((1, 2), (first, Told(server)));

        static int Told(TestServer server) => server.Log.Lines.Count(line => line.Text.Contains("evil.example", StringComparison.Ordinal));
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(TestServer server, string path, string host)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path)) { Headers = { Host = host } };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // As a page opens it that was loaded under that name.
    private static async Task<ClientWebSocket> ConnectAsync(TestServer server, string host, string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(SignallingProtocol.Subprotocol);
        socket.Options.SetRequestHeader("Host", host);
        socket.Options.SetRequestHeader("Origin", origin ?? $"http://{host}");
        await socket.ConnectAsync(server.WebSocketAddress, TestContext.Current.CancellationToken);
        return socket;
    }
}
