using System.Net;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Tests.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Causeway.Signalling.Tests.Hosting;

public class WebRootTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/r/tea", "text/html")]
    [InlineData("/r/tea?relay", "text/html")]
    [InlineData("/js/main.js", "text/javascript")]
    [InlineData("/css/base.css", "text/css")]
    [InlineData("/icons.svg", "image/svg+xml")]
    public async Task The_pages_and_their_parts_are_served(string path, string type)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/r/")]
    [InlineData("/r/tea%20time")]
    [InlineData("/r/a/b")]
    [InlineData("/r/tea//")]
    [InlineData("/r/te%E2%80%8Ba")]
    [InlineData("/nothing.js")]
    [InlineData("/../causeway-signalling.dll")]
    [InlineData("/%2e%2e/causeway-signalling.dll")]
    [InlineData("/js")]
    [InlineData("//js/main.js")]
    [InlineData("//js///main.js")]
    [InlineData("/js//main.js")]
    [InlineData("/js/main.js/")]
    [InlineData("/JS/main.js")]
    public async Task Nothing_else_is(string path)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient();

        // Not combined with the address: two slashes begin another host.
        using var answer = await http.GetAsync(
            new Uri(server.Address.GetLeftPart(UriPartial.Authority) + path), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/js/main.js")]
    [InlineData("/healthz")]
    [InlineData("/nothing")]
    public async Task Every_answer_says_what_its_page_may_do(string path)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        var headers = (await http.GetAsync(path, TestContext.Current.CancellationToken)).Headers;

        var policy = headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains(
            "camera=(self), microphone=(self), display-capture=(self)", headers.GetValues("Permissions-Policy").Single(),
            StringComparison.Ordinal);
        Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(headers.Contains("Server"));
    }

    [Fact]
    public async Task A_file_is_asked_for_again_each_time_and_not_sent_again_while_it_is_the_same()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };
        var first = await http.GetAsync("/js/main.js", TestContext.Current.CancellationToken);
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());

        using var request = new HttpRequestMessage(HttpMethod.Get, "/js/main.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        var second = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotModified, first.Headers.ETag), (second.StatusCode, second.Headers.ETag));
    }

    [Theory]
    [InlineData("/r/tea/", "/r/tea")]
    [InlineData("/r/Tea", "/r/tea")]
    [InlineData("/r/TEA/?relay", "/r/tea?relay")]
    [InlineData("/r/%C3%89t%C3%A9", "/r/%C3%A9t%C3%A9")]
    [InlineData("/r/e%CC%81te%CC%81?a=%2F", "/r/%C3%A9t%C3%A9?a=%2F")]
    public async Task Every_spelling_of_a_room_leads_to_its_one_address(string path, string to)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };

        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        using var there = await http.GetAsync(to, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Redirect, to), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (there.StatusCode, there.Content.Headers.ContentType!.MediaType));
    }

    [Theory]
    [InlineData("/nothing", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "href=\"/\"")]
    [InlineData("/nothing", "*/*", "text/plain", "/r/NAME")]
    [InlineData("/js/nothing.js", null, "text/plain", "/healthz")]
    [InlineData("//js//main.js", "text/html", "text/html", "Page not found")]
    public async Task An_unknown_address_says_where_the_start_page_is(string path, string? accept, string type, string words)
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address.GetLeftPart(UriPartial.Authority) + path));
        if (accept is not null) request.Headers.Add("Accept", accept);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains(words, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_not_written_to_and_health_is_not_posted_to()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        using var file = await http.PostAsync("/js/main.js", null, TestContext.Current.CancellationToken);
        using var health = await http.PostAsync("/healthz", null, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed), (file.StatusCode, health.StatusCode));
    }

    // Packed builds have neither file times nor, with luck, other lengths to tell their files apart.
    [Fact]
    public async Task An_upgrade_that_keeps_time_and_length_of_a_file_is_seen()
    {
        var root = Directory.CreateTempSubdirectory("causeway-web-").FullName;
        try
        {
            var before = await ServeAsync("let a = 1;", null);
            var after = await ServeAsync("let a = 2;", before.Tag);
            Assert.Equal("let a = 2;", after.Text);
            Assert.NotEqual(before.Tag, after.Tag);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        async Task<(string Tag, string Text)> ServeAsync(string text, string? known)
        {
            var file = Path.Combine(root, "a.js");
            await File.WriteAllTextAsync(file, text);
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            await using var app = builder.Build();
            WebRoot.Use(app, root);
            await app.StartAsync(TestContext.Current.CancellationToken);
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(app.Urls.First()), "/a.js"));
            if (known is not null) request.Headers.TryAddWithoutValidation("If-None-Match", known);
            request.Headers.IfModifiedSince = DateTimeOffset.UtcNow;
            var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.Headers.ETag!.Tag, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }
}
