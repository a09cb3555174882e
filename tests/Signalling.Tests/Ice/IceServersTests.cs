using System.Text;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Signalling.Tests.Ice;

public class IceServersTests
{
    [Fact]
    public async Task A_welcome_carries_servers_whose_credential_the_relay_accepts()
    {
        await using var server = await TestServer.StartAsync(("ice:credentialLifetime", "01:00:00"));
        using var ann = await server.JoinAsync("tea", "Ann");

        var (stun, turn) = (ann.Welcomed.IceServers[0], ann.Welcomed.IceServers[1]);
        Assert.Equal(["stun:127.0.0.1:3478"], stun.Urls);
        Assert.Equal((null, null), (stun.Username, stun.Credential));
        Assert.Equal(["turn:127.0.0.1:3478?transport=udp"], turn.Urls);
        Assert.True(Credentials.TryReadUsername(Encoding.ASCII.GetBytes(turn.Username!), out var expiry, out var subject));
        Assert.Equal(server.Clock.GetUtcNow().ToUnixTimeSeconds() + 3600, expiry);
        Assert.Equal(expiry, ann.Welcomed.IceServersExpire);
        Assert.Equal(Credentials.Mint(TestServer.Secret, Encoding.UTF8.GetString(subject), expiry).Password, turn.Credential);
    }

    [Fact]
    public async Task A_username_tells_nothing_of_room_name_or_member()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea", "Ann");
        using var bob = await server.JoinAsync("tea", "Bob");

        var (first, second) = (ann.Welcomed.IceServers[1].Username!, bob.Welcomed.IceServers[1].Username!);
        Assert.NotEqual(first, second);
        Assert.DoesNotContain("tea", first, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ann.Member, first, StringComparison.Ordinal);
        Assert.Equal(22, first[(first.IndexOf(':', StringComparison.Ordinal) + 1)..].Length);
    }

    [Fact]
    public async Task Fresh_servers_come_at_three_quarters_of_the_lifetime_each_time()
    {
        await using var server = await TestServer.StartAsync(("ice:credentialLifetime", "01:00:00"));
        using var ann = await server.JoinAsync("tea");

        for (var expiry = ann.Welcomed.IceServersExpire; expiry < ann.Welcomed.IceServersExpire + 3 * 2700;)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(45) - TimeSpan.FromSeconds(1));
            Assert.Empty(await ann.DrainAsync());
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            var fresh = await ann.ReceiveAsync<NewIceServers>();
            Assert.Equal(expiry + 2700, fresh.IceServersExpire);
            Assert.StartsWith($"{fresh.IceServersExpire}:", fresh.IceServers[1].Username, StringComparison.Ordinal);
            expiry = fresh.IceServersExpire;
        }
    }

    [Fact]
    public async Task A_resumed_session_has_fresh_servers()
    {
        await using var server = await TestServer.StartAsync(("limits:resumeWindow", "00:59:00"), ("ice:credentialLifetime", "01:00:00"));
        using var ann = await server.JoinAsync("tea");
        ann.Break();
        await server.AwayAsync(ann);
        server.Clock.Advance(TimeSpan.FromMinutes(50));

        using var again = await server.ConnectAsync();
        var welcome = await again.HelloAsync("tea", null, ann.Welcomed.Session);

        Assert.True(welcome.Resumed);
        Assert.Equal(ann.Welcomed.IceServersExpire + 3000, welcome.IceServersExpire);
        server.Clock.Advance(TimeSpan.FromMinutes(44));
        Assert.Empty(await again.DrainAsync());
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await again.ReceiveAsync<NewIceServers>();
    }

    [Fact]
    public void The_first_secret_signs_and_a_file_gives_one_too()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "\n  current  \nprevious\n");
            Assert.Equal("current", IceSecrets.Current(new() { SecretsFile = file }));
            Assert.Equal("set", IceSecrets.Current(new() { SecretsFile = file, Secrets = ["set", "other"] }));
            Assert.Null(IceSecrets.Current(new()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Without_TURN_there_is_no_credential()
    {
        var clock = new FakeTimeProvider();
        var servers = Create(new() { StunUrls = ["stun:relay.example.org"] }, clock);
        var minted = servers.Mint("somebody", servers.Choose());

        Assert.Equal([null], minted.Servers.Select(server => server.Username));
    }

    [Fact]
    public async Task No_secret_token_or_credential_is_logged()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("private-room", "Ann");
        ann.Break();
        await server.AwayAsync(ann);
        using var again = await server.ConnectAsync();
        await again.HelloAsync("private-room", "Ann", ann.Welcomed.Session);
        await again.SendTextAsync("nonsense");
        await again.ReceiveAsync<Error>();

        var own = server.Log.Lines.Where(line => line.Text.StartsWith("Causeway", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(own);
        foreach (var secret in new[] { TestServer.Secret, ann.Welcomed.Session, ann.Welcomed.IceServers[1].Credential!, "private-room" })
            Assert.DoesNotContain(own, line => line.Text.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(
            own,
            line => line.Level > LogLevel.Debug
            && line.Text.Contains("127.0.0.1", StringComparison.Ordinal)
            && !line.Text.Contains("Listening", StringComparison.Ordinal));
    }

    private static IceServers Create(IceOptions options, TimeProvider clock)
    {
        var settings = TestSettings.Of(options);
        return new(settings, new(settings, TestSettings.Metrics(), clock), clock);
    }
}
