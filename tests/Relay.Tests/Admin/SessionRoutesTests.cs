using System.Net;
using System.Text.Json.Nodes;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Admin;

/// <summary>Sessions over the admin interface.</summary>
public sealed class SessionRoutesTests
{
    [Fact]
    public async Task A_session_is_listed_with_its_client_relayed_address_and_payload()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        using var admin = new AdminClient(relay.Host.Admin!);
        await using var client = await relay.AllocateAsync(relay.ClientOptions(ClientTransport.Tls));
        using var peer = new EchoingPeer(IpFamily.IPv4);
        await client.PermitAsync(peer.Address.Ip, Deadline.Token);
        await client.SendAsync(peer.Address, new byte[100], Deadline.Token);
        await client.ReceiveAsync(Deadline.Token);

        var session = Assert.Single((await admin.GetAsync("/v1/sessions"))["sessions"]!.AsArray())!;

        Assert.Equal(
            ("alice", "tls", $"{client.Local}"),
            ((string?)session["subject"], (string?)session["transport"], (string?)session["client"]));
        var relayed = Assert.Single(session["relayed"]!.AsArray())!;
        Assert.Equal($"{client.Allocation!.Relayed[0]}", (string?)relayed["address"]);
        Assert.Equal(("ipv4", "udp"), ((string?)relayed["family"], (string?)relayed["transport"]));
        Assert.Equal((1, 100), ((int)session["packetsToPeers"]!, (int)session["bytesToPeers"]!));
        Assert.Equal((1, 100), ((int)session["packetsToClient"]!, (int)session["bytesToClient"]!));
        Assert.InRange((DateTimeOffset)session["created"]!, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.InRange((DateTimeOffset)session["expires"]!, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(10));
        Assert.True(JsonNode.DeepEquals(WithoutTimes(session), WithoutTimes(await admin.GetAsync($"/v1/sessions/{session["id"]}"))));
    }

    [Fact]
    public async Task Reading_sessions_over_and_over_loses_no_packet_of_a_call()
    {
        const int Clients = 300;
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        using var admin = new AdminClient(relay.Host.Admin!);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => relay.AllocateAsync()));
        using var peer = new EchoingPeer(IpFamily.IPv4);
        await clients[0].PermitAsync(peer.Address.Ip, Deadline.Token);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Deadline.Token);

        var reading = Task.Run(
            async () =>
            {
                var passes = 0;
                for (; passes == 0 || !done.IsCancellationRequested; passes++)
                    Assert.Equal(Clients, (await AllAsync(admin, 17)).Distinct().Count());
                return passes;
            },
            Deadline.Token);
        for (var i = 0; i < 1000; i++)
        {
            await clients[0].SendAsync(peer.Address, BitConverter.GetBytes(i), Deadline.Token);
            Assert.Equal(i, BitConverter.ToInt32((await clients[0].ReceiveAsync(Deadline.Token)).Payload.Span));
        }

        await done.CancelAsync();
        Assert.InRange(await reading, 1, int.MaxValue);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Pages_have_at_most_their_limit_and_a_wrong_limit_or_cursor_is_said()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0", shards: 2));
        using var admin = new AdminClient(relay.Host.Admin!);
        var clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => relay.AllocateAsync()));

        var first = await admin.GetAsync("/v1/sessions?limit=2");
        Assert.Equal(2, first["sessions"]!.AsArray().Count);
        Assert.NotNull((string?)first["next"]);
        Assert.Equal(5, (await AllAsync(admin, 2)).Distinct().Count());
        Assert.Null((await admin.GetAsync("/v1/sessions?limit=500"))["next"]);

        foreach (var (query, mistake) in new[]
        {
            ("limit=0", "limit: 0 is out of range; write 1 to 500"), ("limit=501", "limit: 501 is out of range"), ("limit=many", "limit"),
            ("cursor=x", "cursor: is not one of a page"), ("cursor=0.-1", "cursor: is not one of a page"),
        })
        {
            var (status, body) = await admin.SendAsync("GET", $"/v1/sessions?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(mistake, (string?)body!["detail"], StringComparison.Ordinal);
        }

        Assert.Empty((await admin.GetAsync("/v1/sessions?cursor=9.2147483647"))["sessions"]!.AsArray());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task An_ended_session_is_gone_and_its_client_may_allocate_again()
    {
        await using var relay = await TestRelay.StartAsync(TestRelay.Options(admin: "127.0.0.1:0"));
        using var admin = new AdminClient(relay.Host.Admin!);
        await using var client = await relay.AllocateAsync();
        await using var other = await relay.AllocateAsync(relay.ClientOptions() with { Credentials = TestRelay.Credentials("bob") });
        var sessions = (await admin.GetAsync("/v1/sessions"))["sessions"]!.AsArray();
        var id = (string)sessions.Single(session => (string?)session!["subject"] == "alice")!["id"]!;

        Assert.Equal(HttpStatusCode.NoContent, (await admin.SendAsync("DELETE", $"/v1/sessions/{id}")).Status);

        Assert.Equal(1, relay.Host.Allocations);
        var refused = await Assert.ThrowsAsync<TurnException>(() => client.RefreshAsync(cancellation: Deadline.Token));
        Assert.Equal(StunErrorCode.AllocationMismatch, refused.Code);
        await using var again = await relay.AllocateAsync();
        await other.RefreshAsync(cancellation: Deadline.Token);
        foreach (var (method, path) in new[] { ("DELETE", id), ("GET", id), ("GET", "1"), ("DELETE", "7.0.0"), ("GET", "x") })
            Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(method, $"/v1/sessions/{path}")).Status);
    }

    private static async Task<List<string>> AllAsync(AdminClient admin, int limit)
    {
        var ids = new List<string>();
        for (var query = $"?limit={limit}"; ;)
        {
            var page = await admin.GetAsync($"/v1/sessions{query}");
            var sessions = page["sessions"]!.AsArray();
            Assert.InRange(sessions.Count, 0, limit);
            ids.AddRange(sessions.Select(session => (string)session!["id"]!));
            if (page["next"] is not { } next) return ids;
            query = $"?limit={limit}&cursor={next}";
        }
    }

    private static JsonNode WithoutTimes(JsonNode session)
    {
        var copy = session.DeepClone();
        copy.AsObject().Remove("expires");
        return copy;
    }
}
