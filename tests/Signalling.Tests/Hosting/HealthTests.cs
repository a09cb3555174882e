using System.Net;
using System.Text.Json;
using Causeway.Signalling.Tests.Service;

namespace Causeway.Signalling.Tests.Hosting;

public class HealthTests
{
    [Fact]
    public async Task A_server_whose_rooms_answer_is_well()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        // The check waits two seconds for a room, in which a busy machine may not have made its first one.
        HttpResponseMessage answer = null!;
        await TestServer.EventuallyAsync(
            async () => (answer = await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).IsSuccessStatusCode,
            "that the rooms answer");

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal("ok", json.RootElement.GetProperty("status").GetString());
        Assert.NotEmpty(json.RootElement.GetProperty("version").GetString()!);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Without_heartbeats_it_says_that_nobody_watches_the_relays()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        var answer = await http.GetAsync("/healthz/relays", TestContext.Current.CancellationToken);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            ("not watched", "settings"),
            (json.RootElement.GetProperty("status").GetString(), json.RootElement.GetProperty("source").GetString()));
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_server_that_stops_says_so_to_who_sends_it_visitors()
    {
        await using var server = await TestServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Address };

        server.App.Lifetime.StopApplication();
        var answer = await http.GetAsync("/healthz", TestContext.Current.CancellationToken);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("stopping", json.RootElement.GetProperty("status").GetString());
    }
}
