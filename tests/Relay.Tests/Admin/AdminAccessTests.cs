using System.Net;
using System.Net.Sockets;
using System.Text;
using Causeway.Relay.Admin;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Causeway.Relay.Tests.Admin;

/// <summary>Who may use the admin interface.</summary>
public sealed class AdminAccessTests : IDisposable
{
    private const string Token = "a-token-of-thirty-two-characters";
    private const string Next = "the/next+token=of-thirty-two-characters";

    private readonly string _file = Path.GetTempFileName();

    public AdminAccessTests() => File.WriteAllText(_file, Token + "\n");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Every_route_but_health_and_metrics_is_for_operators()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var app = AdminEndpoint.Build(
            relay.Host, new(IPAddress.Loopback, 0), services => services.AddSingleton(TimeProvider.System));

        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();

        Assert.InRange(routes.Count, 11, int.MaxValue);
        Assert.Equal(
            ["/healthz", "/metrics", "/readyz"],
            routes.Where(route => route.Metadata.GetMetadata<OperatorsOnly>() is null).Select(route => route.RoutePattern.RawText).Order());
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.1:9478", true)]
    [InlineData("localhost:1", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("[::1]:9478", true)]
    [InlineData("rebinding.example", false)]
    [InlineData("localhost.example:9478", false)]
    [InlineData("127.0.0.1.example", false)]
    [InlineData("192.0.2.1", false)]
    public async Task On_loopback_the_host_must_be_loopback(string host, bool isServed)
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        foreach (var (method, path) in new[] { ("GET", "/v1/sessions"), ("GET", "/v1/settings"), ("POST", "/v1/drain") })
        {
            using var request = Change(method, path);
            request.Headers.Host = host;
            Assert.Equal(isServed ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, await StatusAsync(relay, request));
        }

        Assert.Equal(isServed, relay.Host.IsDraining);
        using var health = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = host } };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(relay, health));
    }

    [Theory]
    [InlineData("Origin", "https://page.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_another_site_is_refused_also_with_a_token(string header, string value)
    {
        await using var open = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        await using var closed = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0", adminTokenFile: _file));
        foreach (var relay in new[] { open, closed })
        {
            foreach (var (method, path) in new[] { ("GET", "/v1/sessions"), ("POST", "/v1/drain") })
            {
                using var request = Change(method, path);
                request.Headers.Add(header, value);
                request.Headers.Authorization = new("Bearer", Token);
                Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(relay, request));
            }

            Assert.False(relay.Host.IsDraining);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task What_a_form_of_a_page_can_send_changes_nothing(string? type)
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        await using var client = await relay.AllocateAsync();
        foreach (var path in new[] { "/v1/drain", "/v1/undrain", "/v1/reload", "/v1/revocations" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            const string Body = """{"subject":"alice","until":"2999-01-01T00:00:00Z"}""";
            if (type is not null) request.Content = new StringContent(Body, Encoding.UTF8, type);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync(relay, request));
        }

        Assert.Equal((false, 1), (relay.Host.IsDraining, relay.Host.Allocations));
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/drain")
        {
            Headers = { { "Origin", "https://page.example" }, { "Access-Control-Request-Method", "POST" } },
        };
        using var http = Http(relay);
        using var answer = await http.SendAsync(preflight, Deadline.Token);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));

        using var custom = new HttpRequestMessage(HttpMethod.Post, "/v1/drain") { Headers = { { AdminAccess.Header, "1" } } };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(relay, custom));
    }

    [Fact]
    public async Task With_a_token_file_every_operators_route_needs_a_token_and_health_needs_none()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "0.0.0.0:0", adminTokenFile: _file));
        var (none, wrong, right) = (Admin(relay, null), Admin(relay, Next), Admin(relay, Token));
        using var disposeNone = none;
        using var disposeWrong = wrong;
        using var disposeRight = right;
        (string, string)[] routes =
        [
            ("GET", "/v1/sessions"), ("GET", "/v1/sessions/0.0.0"), ("DELETE", "/v1/sessions/0.0.0"), ("POST", "/v1/drain"),
            ("POST", "/v1/undrain"), ("POST", "/v1/revocations"), ("GET", "/v1/settings"), ("POST", "/v1/reload"), ("GET", "/V1/SESSIONS"),
        ];
        foreach (var (method, path) in routes)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await none.SendAsync(method, path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await wrong.SendAsync(method, path)).Status);
            Assert.NotEqual(HttpStatusCode.Unauthorized, (await right.SendAsync(method, path)).Status);
        }

        using var http = new HttpClient { BaseAddress = Uri(relay) };
        foreach (var path in new[] { "/healthz", "/metrics" })
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(path, Deadline.Token)).StatusCode);
        using var refused = await http.GetAsync("/v1/sessions", Deadline.Token);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());

        static AdminClient Admin(TestRelay relay, string? token) => new(new(IPAddress.Loopback, relay.Host.Admin!.Port), token);
    }

    [Theory]
    [InlineData("Basic " + Token)]
    [InlineData(Token)]
    [InlineData("Bearer ")]
    [InlineData("Bearer " + Token + "x")]
    public async Task Another_scheme_or_a_longer_token_is_refused(string authorization)
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0", adminTokenFile: _file));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(relay, request));
    }

    [Fact]
    public async Task A_reload_reads_the_tokens_again()
    {
        using var logs = new RecordedLogs(Microsoft.Extensions.Logging.LogLevel.Information);
        var options = TestRelay.Options(admin: "127.0.0.1:0", adminTokenFile: _file);
        await using var relay = await TestRelay.StartAsync(options, loggers: logs);
        using var old = new AdminClient(relay.Host.Admin!, Token);
        using var next = new AdminClient(relay.Host.Admin!, Next);

        File.WriteAllText(_file, $"{Next}\n{Token}\n");
        Assert.Empty(relay.Host.Reload(options));
        Assert.Equal(HttpStatusCode.OK, (await old.SendAsync("GET", "/v1/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await next.SendAsync("GET", "/v1/sessions")).Status);

        File.WriteAllText(_file, $"{Next}\n");
        Assert.Empty(relay.Host.Reload(options));
        Assert.Equal(HttpStatusCode.Unauthorized, (await old.SendAsync("GET", "/v1/sessions")).Status);

        File.WriteAllText(_file, "short\n");
        Assert.Contains("line 1: has 5 characters; write at least 32", Assert.Single(relay.Host.Reload(options)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await next.SendAsync("GET", "/v1/sessions")).Status);
        Assert.Contains("Settings reloaded; changed: the admin tokens (2)", logs.Lines);
        foreach (var token in new[] { Token, Next })
            Assert.DoesNotContain(logs.Lines, line => line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_that_takes_the_tokens_away_leaves_an_interface_on_the_network_closed()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "0.0.0.0:0", adminTokenFile: _file));
        using var admin = new AdminClient(new(IPAddress.Loopback, relay.Host.Admin!.Port), Token);

        // The address needs a restart, the tokens don't.
        Assert.Empty(relay.Host.Reload(TestRelay.Options(admin: "127.0.0.1:0")));

        Assert.Equal(HttpStatusCode.Unauthorized, (await admin.SendAsync("GET", "/v1/sessions")).Status);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public async Task A_client_does_not_reach_it_through_the_relay_also_where_loopback_is_allowed(string address)
    {
        var port = FreePorts.Take();
        await using var relay = await TestRelay.StartAsync(
            TestRelay.Options(admin: $"{address}:{port}", adminTokenFile: _file, tcpAllocations: true));
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tcp), new() { Tcp = true });
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        peer.Start();

        var refused = await Assert.ThrowsAsync<TurnException>(
            () => client.ConnectPeerAsync(new(TestRelay.Loopback(IpFamily.IPv4), (ushort)port), Deadline.Token));
        Assert.Equal(StunErrorCode.Forbidden, refused.Code);
        await using var other = await client.ConnectPeerAsync(TransportAddress.From((IPEndPoint)peer.LocalEndpoint), Deadline.Token);
    }

    [Fact]
    public async Task A_request_that_is_too_large_or_malformed_is_refused_with_the_reason()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        using var admin = new AdminClient(relay.Host.Admin!);

        var large = await admin.SendAsync("POST", "/v1/revocations", $$"""{"subject":"{{new string('x', 5000)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
        var broken = await admin.SendAsync("POST", "/v1/revocations", "{");
        Assert.Equal(HttpStatusCode.BadRequest, broken.Status);
        Assert.StartsWith("the body is not the expected JSON", (string?)broken.Body!["detail"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync("POST", "/v1/revocations")).Status);
    }

    private static Uri Uri(TestRelay relay) => new($"http://127.0.0.1:{relay.Host.Admin!.Port}");

    private static HttpClient Http(TestRelay relay) => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Uri(relay) };

    private static HttpRequestMessage Change(string method, string path) => new(new(method), path)
    {
        Content = method == "GET" ? null : new StringContent("", Encoding.UTF8, "application/json"),
    };

    private static async Task<HttpStatusCode> StatusAsync(TestRelay relay, HttpRequestMessage request)
    {
        using var http = Http(relay);
        using var answer = await http.SendAsync(request, Deadline.Token);
        return answer.StatusCode;
    }
}
