using System.Net;
using System.Text;
using Causeway.Signalling.Tests.Service;
using Causeway.Turn.Fleet;

namespace Causeway.Signalling.Tests.Relays;

public class FleetEndpointTests
{
    private const string HeartbeatPath = Causeway.Turn.Fleet.Heartbeat.Path;

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("another key that is as long as the right one is")]
    [InlineData(Fleet.AdmissionKey)]
    public async Task Who_has_not_the_key_is_refused_and_nothing_changes(string? key)
    {
        await using var fleet = await Fleet.StartAsync();
        var body = FleetJson.Write(Heartbeat(fleet));
        var (status, said, signature) = await PostAsync(
            fleet.Loopback, HeartbeatPath, body, key is null ? null : FleetSignature.Sign(key, HeartbeatPath, body));

        Assert.Equal((HttpStatusCode.Unauthorized, null), (status, signature));
        Assert.Equal("Causeway-Signature: missing or wrong; both sides need the same key\n", said);
        Assert.Equal(0, fleet.Registry.View().Known);
    }

    [Fact]
    public async Task What_was_signed_for_another_path_is_refused()
    {
        await using var fleet = await Fleet.StartAsync();
        var body = FleetJson.Write(
            new Admission { Issued = fleet.Server.Clock.GetUtcNow().ToUnixTimeMilliseconds(), Generations = ["aa"] });
        var signature = FleetSignature.Sign(Fleet.AdmissionKey, HeartbeatPath, body);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(fleet.Server.Address, Admission.Path, body, signature)).Status);
        Assert.False(fleet.Registry.View().AdmissionKnown);
    }

    [Fact]
    public async Task A_replayed_heartbeat_is_refused()
    {
        await using var fleet = await Fleet.StartAsync();
        var body = FleetJson.Write(Heartbeat(fleet));
        Assert.Equal(HttpStatusCode.OK, (await PostSignedAsync(fleet, body)).Status);
        var (status, said) = await PostSignedAsync(fleet, body);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.StartsWith("sequence: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_of_another_time_is_refused_with_how_far_off_it_is()
    {
        await using var fleet = await Fleet.StartAsync();
        var heartbeat = Heartbeat(fleet);
        var (status, said) = await PostSignedAsync(fleet, FleetJson.Write(heartbeat with { Time = heartbeat.Time - 61 }));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("61 s behind this host's clock", said, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_too_large_is_not_read(bool chunked)
    {
        await using var fleet = await Fleet.StartAsync();
        foreach (var (host, path, most) in new[]
        {
            (fleet.Loopback, HeartbeatPath, Causeway.Turn.Fleet.Heartbeat.MaxBytes),
            (fleet.Server.Address, Admission.Path, Admission.MaxBytes),
        })
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, path));
            request.Content = new ByteArrayContent(new byte[most + 1]);
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_no_message_is_refused_though_it_is_signed()
    {
        await using var fleet = await Fleet.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await PostSignedAsync(fleet, "{}"u8.ToArray())).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostSignedAsync(fleet, [])).Status);
    }

    [Fact]
    public async Task Each_key_of_the_file_is_taken_so_that_a_rotation_loses_no_heartbeat()
    {
        var file = Path.GetTempFileName();
        try
        {
            const string fresh = "the key after a rotation, long enough too";
            await File.WriteAllTextAsync(file, $"{fresh}\n{Fleet.HeartbeatKey}\n", TestContext.Current.CancellationToken);
            await using var fleet = await Fleet.StartAsync(("relays:heartbeatKeysFile", file));
            Assert.Equal(HttpStatusCode.OK, (await PostSignedAsync(fleet, FleetJson.Write(Heartbeat(fleet)), fresh)).Status);
            Assert.Equal(HttpStatusCode.OK, (await PostSignedAsync(fleet, FleetJson.Write(Heartbeat(fleet) with { Sequence = 2 }))).Status);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_public_listener_takes_no_heartbeat_unless_it_is_told_to()
    {
        await using (var fleet = await Fleet.StartAsync())
        {
            var body = FleetJson.Write(Heartbeat(fleet));
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (await PostAsync(fleet.Server.Address, HeartbeatPath, body, Signed(body))).Status);
        }

        await using (var fleet = await Fleet.StartAsync(("relays:publicHeartbeats", "true")))
        {
            var body = FleetJson.Write(Heartbeat(fleet));
            Assert.Equal(
                HttpStatusCode.OK, (await PostAsync(fleet.Server.Address, HeartbeatPath, body, Signed(body))).Status);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/healthz/relays")]
    [InlineData("/ws")]
    [InlineData(Admission.Path)]
    public async Task The_listener_for_heartbeats_serves_nothing_else(string path)
    {
        await using var fleet = await Fleet.StartAsync();
        using var http = new HttpClient { BaseAddress = fleet.Loopback };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(path, null, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_service_without_keys_takes_neither()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(server.Address, HeartbeatPath, [], null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(server.Address, Admission.Path, [], null)).Status);
    }

    [Fact]
    public async Task Refusals_do_not_fill_the_log()
    {
        await using var fleet = await Fleet.StartAsync();
        for (var i = 0; i < 20; i++) await PostAsync(fleet.Server.Address, Admission.Path, [], null);
        Assert.Single(fleet.Server.Log.Lines, line => line.Text.Contains("Refused a message", StringComparison.Ordinal));
    }

    private static Heartbeat Heartbeat(Fleet fleet) => new()
    {
        Relay = "one",
        Generation = "aa",
        Time = fleet.Server.Clock.GetUtcNow().ToUnixTimeSeconds(),
        Sequence = 1,
        State = RelayState.Ready,
        Load = new(0, 1, 0),
        StunUrls = [],
        TurnUrls = ["turn:127.0.0.1"],
    };

    private static string Signed(byte[] body, string key = Fleet.HeartbeatKey) =>
        FleetSignature.Sign(key, HeartbeatPath, body);

    private static async Task<(HttpStatusCode Status, string Said)> PostSignedAsync(
        Fleet fleet, byte[] body, string key = Fleet.HeartbeatKey)
    {
        var request = Signed(body, key);
        var (status, said, signature) = await PostAsync(fleet.Loopback, HeartbeatPath, body, request);
        // Only what is carried out is signed, and then for this request.
        Assert.Equal(
            status == HttpStatusCode.OK,
            FleetSignature.IsAnswer(key, HeartbeatPath, request, Encoding.UTF8.GetBytes(said), signature));
        return (status, said);
    }

    private static async Task<(HttpStatusCode Status, string Said, string? Signature)> PostAsync(
        Uri host, string path, byte[] body, string? signature)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, path)) { Content = new ByteArrayContent(body) };
        if (signature is not null) request.Headers.Add(FleetSignature.Header, signature);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            answer.Headers.TryGetValues(FleetSignature.Header, out var values) ? values.Single() : null);
    }
}
