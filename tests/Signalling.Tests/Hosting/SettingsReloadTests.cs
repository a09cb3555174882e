using Causeway.Signalling.Hosting;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Causeway.Tests.Support.Running;

namespace Causeway.Signalling.Tests.Hosting;

/// <summary>Settings that are read again while the service runs.</summary>
public class SettingsReloadTests
{
    [Fact]
    public async Task Limits_are_new_for_those_who_come_and_drop_nobody()
    {
        await using var server = await TestServer.StartAsync(
            ("limits:roomMembers", "3"), ("limits:rooms", "5"), ("limits:connectionsPerAddress", "10"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        server.Reload(("limits:roomMembers", "2"), ("limits:rooms", "1"), ("limits:messageBytes", "2048"));
        using var cat = await server.ConnectAsync();
        await cat.SendAsync(new Hello("tea"));
        Assert.Equal(CloseCode.RoomFull, (await cat.ReceiveCloseAsync()).Code);
        using var dan = await server.ConnectAsync();
        await dan.SendAsync(new Hello("coffee"));
        Assert.Equal(CloseCode.TryLater, (await dan.ReceiveCloseAsync()).Code);
        // Who was told another limit keeps it.
        await ann.SendSignalAsync(bob.Member, 1, $"\"{new string('a', 4000)}\"");
        Assert.DoesNotContain(await ann.DrainAsync(), message => message is Error);

        server.Reload(("limits:rooms", "2"), ("limits:messageBytes", "2048"));
        using var eve = await server.JoinAsync("coffee");
        Assert.Equal(2048, eve.Welcomed.Limits.MessageBytes);

        server.Reload(("limits:connectionsPerAddress", "3"));
        using var fay = await server.ConnectAsync();
        Assert.Equal(CloseCode.AddressFull, (await fay.ReceiveCloseAsync()).Code);
        Assert.Empty((await bob.DrainAsync()).OfType<Error>());
        Assert.DoesNotContain(server.Log.Lines, line => line.Text.Contains("need a restart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_ICE_servers_are_handed_out_from_then_on()
    {
        await using var server = await TestServer.StartAsync();
        server.Reload(
            ("ice:stunUrls:0", "stun:relay.example.org:3478"), ("ice:turnUrls:0", "turns:relay.example.org:443"),
            ("ice:credentialLifetime", "00:30:00"));
        using var ann = await server.JoinAsync("tea");

        Assert.Equal(["stun:relay.example.org:3478", "turns:relay.example.org:443"], ann.Welcomed.IceServers.SelectMany(each => each.Urls));
        Assert.Equal(server.Clock.GetUtcNow().AddMinutes(30).ToUnixTimeSeconds(), ann.Welcomed.IceServersExpire);
    }

    [Fact]
    public async Task What_waits_for_a_restart_is_named_until_there_is_one_and_not_in_use()
    {
        await using var server = await TestServer.StartAsync(("limits:sessions", "2"));
        (string, string)[] changed =
            [("limits:sessions", "1"), ("limits:idleTimeout", "00:00:20"), ("proxies:0", "127.0.0.1"), ("limits:roomMembers", "3")];
        for (var i = 0; i < 2; i++) server.Reload(changed);

        Assert.Equal(2, server.Log.Lines.Count(line => line.Text.Trim().EndsWith(
            "Settings that changed and need a restart: signalling.proxies, signalling.limits.sessions, signalling.limits.idleTimeout",
            StringComparison.Ordinal)));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
    }

    [Fact]
    public async Task Wrong_settings_are_refused_as_a_whole_and_those_in_use_stay()
    {
        await using var server = await TestServer.StartAsync();
        server.Reload(("limits:roomMembers", "1"), ("ice:stunUrls:0", "stun:elsewhere.example.org"));

        Assert.Contains(
            server.Log.Lines,
            line => line.Text.Contains(
                "refused as a whole, so those in use stay: signalling.limits.roomMembers: 1", StringComparison.Ordinal));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        Assert.Contains("stun:127.0.0.1:3478", bob.Welcomed.IceServers.SelectMany(each => each.Urls));
    }

    [Fact]
    public void Every_setting_that_the_service_takes_over_is_in_the_operators_guide()
    {
        var guide = File.ReadAllText(Checkout.At("docs", "operating.md"));
        guide = guide[guide.IndexOf("## Settings of a running service", StringComparison.Ordinal)..];
        foreach (var key in (string[])[.. SettingsReload.Reloadable, .. SettingsReload.WaitingLimits])
            Assert.Contains($"`{key["signalling.".Length..]}`", guide, StringComparison.Ordinal);
    }
}
