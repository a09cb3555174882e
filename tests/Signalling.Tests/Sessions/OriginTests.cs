using System.Net;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Causeway.Signalling.Tests.Sessions;

public class OriginTests
{
    [Fact]
    public async Task A_page_of_the_same_host_may_connect()
    {
        await using var server = await TestServer.StartAsync();

        using var client = await server.ConnectAsync(origin: server.Address.GetLeftPart(UriPartial.Authority));

        await client.HelloAsync("tea");
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    [InlineData("file://")]
    public async Task A_page_of_another_host_may_not(string origin)
    {
        await using var server = await TestServer.StartAsync();

        // A browser would show the page nothing of an HTTP status.
        using var client = await server.ConnectAsync(origin);
        var (code, errors) = await client.ReceiveCloseAsync();

        Assert.Equal(CloseCode.NotAllowed, code);
        Assert.Equal((ErrorCodes.NotAllowed, true), (Assert.Single(errors).Code, errors[0].Fatal));
        Assert.Contains(origin.TrimEnd('/'), errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(0, server.App.Services.GetRequiredService<SessionDirectory>().Sessions);
    }

    [Fact]
    public async Task Origins_that_are_set_may_connect_and_no_others()
    {
        await using var server = await TestServer.StartAsync(("origins:0", "https://call.example.org"));

        using var client = await server.ConnectAsync(origin: "https://call.example.org");
        using var insecure = await server.ConnectAsync(origin: "http://call.example.org");
        using var own = await server.ConnectAsync(origin: server.Address.GetLeftPart(UriPartial.Authority));

        await client.HelloAsync("tea");
        var (code, errors) = await insecure.ReceiveCloseAsync();
        Assert.Equal((CloseCode.NotAllowed, CloseCode.NotAllowed), (code, (await own.ReceiveCloseAsync()).Code));
        Assert.Contains("signalling.origins", errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://bücher.example")]
    [InlineData("https://xn--bcher-kva.example")]
    public async Task An_international_name_may_be_set_in_either_form(string origin)
    {
        await using var server = await TestServer.StartAsync(("origins:0", origin));

        // Browsers send it encoded (RFC 3490).
        using var client = await server.ConnectAsync(origin: "https://xn--bcher-kva.example");

        await client.HelloAsync("tea");
    }

    [Theory]
    [InlineData("xn--bcher-kva.localhost:8080")]
    [InlineData("[::1]:8080")]
    public async Task A_page_of_the_same_host_may_connect_whatever_the_form_of_the_name(string host)
    {
        await using var server = await TestServer.StartAsync();

        var (status, _) = await UpgradeAsync(server, $"http://{host}", ("Host", host));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
    }

    [Fact]
    public async Task A_refused_page_that_talks_all_the_same_is_told_why_and_joins_nothing()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.ConnectAsync(origin: "https://evil.example");

        for (var i = 0; i < 10; i++) await client.SendAsync(new Hello("tea"));

        Assert.Equal(CloseCode.NotAllowed, (await client.ReceiveCloseAsync()).Code);
        Assert.Equal(0, server.App.Services.GetRequiredService<SessionDirectory>().Sessions);
    }

    [Fact]
    public async Task Refusals_with_words_are_bounded_and_those_beyond_are_HTTP_statuses()
    {
        await using var server = await TestServer.StartAsync();
        var refused = new List<TestClient>();
        // None of them answers the close.
        for (var i = 0; i < ConnectionRegistry.Refusals; i++) refused.Add(await server.ConnectAsync(origin: "https://evil.example"));

        var (status, text) = await UpgradeAsync(server, "https://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("https://evil.example", text, StringComparison.Ordinal);
        Assert.Equal(CloseCode.NotAllowed, (await refused[0].ReceiveCloseAsync()).Code);
        using var own = await server.JoinAsync("tea");

        server.Clock.Advance(Connection.CloseDeadline);
        await TestServer.EventuallyAsync(
            async () => (await UpgradeAsync(server, "https://evil.example")).Status == HttpStatusCode.SwitchingProtocols,
            "the end of those that do not answer");
    }

    [Fact]
    public async Task A_client_that_names_no_origin_is_no_page()
    {
        await using var server = await TestServer.StartAsync();

        using var client = await server.ConnectAsync();

        Assert.Equal(SignallingProtocol.Subprotocol, client.Subprotocol);
    }

    [Theory]
    [InlineData("")]
    [InlineData("causeway.v9")]
    public async Task A_client_of_another_version_is_told_by_the_close_code(string subprotocol)
    {
        await using var server = await TestServer.StartAsync();

        using var client = await server.ConnectAsync(null, subprotocol);

        Assert.Equal(CloseCode.Version, (await client.ReceiveCloseAsync()).Code);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("a/b, \"c\"")]
    public async Task A_subprotocol_that_is_no_token_is_not_repeated_and_upsets_nothing(string subprotocol)
    {
        await using var server = await TestServer.StartAsync();

        var (status, _) = await UpgradeAsync(server, "", ("Sec-WebSocket-Protocol", subprotocol));

        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        await server.DisposeAsync();
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task The_version_spoken_is_chosen_from_those_offered()
    {
        await using var server = await TestServer.StartAsync();

        using var client = await server.ConnectAsync(null, "causeway.v9", "causeway.v1");

        Assert.Equal("causeway.v1", client.Subprotocol);
        await client.HelloAsync("tea");
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient();

        var answer = await http.GetAsync(new Uri(server.Address, "/ws"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, string Text)> UpgradeAsync(
        TestServer server, string origin, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/ws"));
        foreach (var (name, value) in new[]
        {
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Origin", origin),
        }.Concat(headers))
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (answer.StatusCode == HttpStatusCode.SwitchingProtocols) return (answer.StatusCode, "");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
