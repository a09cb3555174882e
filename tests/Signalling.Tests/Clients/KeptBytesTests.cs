using System.Net;
using System.Net.WebSockets;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Options;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Causeway.Signalling.Tests.Clients;

/// <summary>What the service keeps for clients that do not read, do not acknowledge, or do not end what they begin.</summary>
public class KeptBytesTests
{
    private static readonly string Payload = $"\"{new string('z', 60_000)}\"";

    [Fact]
    public async Task Signals_that_are_not_acknowledged_fill_the_share_of_their_receivers_address_and_no_more()
    {
        await using var server = await TestServer.StartAsync(
            ("limits:keptBytesPerAddress", "200000"), ("limits:outboxBytes", "10000000"), ("limits:messagesPerSecond", "1000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        var taken = 0L;
        Error? full = null;
        for (var seq = 1; full is null; seq++)
        {
            await ann.SendSignalAsync(bob.Member, seq, Payload);
            full = (await ann.DrainAsync()).OfType<Error>().SingleOrDefault();
            if (full is null) taken = seq;
            Assert.InRange(Kept(server), 0, 200_000);
        }

        Assert.InRange(taken, 2, 3);
        Assert.Equal((ErrorCodes.OutboxFull, taken + 1), (full.Code, full.Seq));

        // Nothing is lost: what was refused is taken once the member has acknowledged what it has.
        for (var seq = 1; seq <= taken; seq++) Assert.Equal(seq, (await bob.ReceiveAsync<Signal>()).Seq);
        await bob.SendAsync(new SendAck(ann.Member, taken));
        await bob.DrainAsync();
        await ann.SendSignalAsync(bob.Member, taken + 1, Payload);
        Assert.Equal(taken + 1, (await bob.ReceiveAsync<Signal>()).Seq);
        Assert.DoesNotContain(await ann.DrainAsync(), message => message is Error);

        foreach (var client in new[] { ann, bob })
        {
            await client.SendAsync(new Leave());
            await client.ReceiveCloseAsync();
        }

        await TestServer.EventuallyAsync(() => Kept(server) == 0, "everything given back");
    }

    [Fact]
    public async Task What_is_kept_is_given_back_however_a_client_goes()
    {
        await using var server = await TestServer.StartAsync(("limits:resumeWindow", "00:00:05"), ("limits:messagesPerSecond", "1000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("tea");
        for (var seq = 1; seq <= 3; seq++)
        {
            await ann.SendSignalAsync(bob.Member, seq, Payload);
            await bob.SendSignalAsync(ann.Member, seq, Payload);
            await cat.SendSignalAsync(bob.Member, seq, Payload);
        }

        await cat.DrainAsync();
        await ann.DrainAsync();
        await bob.DrainAsync();
        Assert.InRange(Kept(server), 9 * 60_000, 20 * 60_000);

        // A leave, a loss, and one that is resumed and then lost.
        await cat.SendAsync(new Leave());
        await cat.ReceiveCloseAsync();
        bob.Break();
        await server.AwayAsync(bob);
        using var again = await server.ConnectAsync();
        Assert.True((await again.HelloAsync("tea", null, bob.Welcomed.Session)).Resumed);
        again.Break();
        await TestServer.EventuallyAsync(() => !server.SessionOf(bob).IsAttached, "the loss of the second connection");
        server.Clock.Advance(TimeSpan.FromSeconds(6));
        await ann.ReceiveTextAsync();
        await ann.CloseAsync();

        await TestServer.EventuallyAsync(() => Kept(server) == 0, "everything given back");
    }

    [Fact]
    public async Task Messages_that_are_not_whole_yet_fill_the_share_too()
    {
        await using var server = await TestServer.StartAsync(("limits:keptBytesPerAddress", "65536"));
        using var ann = await server.ConnectAsync();
        using var bob = await server.ConnectAsync();

        await ann.SendRawAsync(new byte[60_000].Select(_ => (byte)' ').ToArray(), WebSocketMessageType.Text, end: false);
        await TestServer.EventuallyAsync(() => Kept(server) > 50_000, "a large message that is not whole");
        await bob.SendRawAsync(new byte[60_000].Select(_ => (byte)' ').ToArray(), WebSocketMessageType.Text, end: false);

        Assert.Equal(CloseCode.TryLater, (await bob.ReceiveCloseAsync()).Code);
        ann.Break();
        await TestServer.EventuallyAsync(() => Kept(server) == 0, "everything given back");
    }

    [Fact]
    public void The_process_has_a_bound_and_each_address_one()
    {
        var kept = new KeptBytes(
            TestSettings.Of(new SignallingLimitOptions { KeptBytes = 1000, KeptBytesPerAddress = 300 }), TestSettings.Metrics());
        var shares = Enumerable.Range(0, 4).Select(i => kept.Of(IPAddress.Parse($"192.0.2.{i}"))).ToList();

        Assert.False(shares[0].TryTake(301));
        Assert.All(shares[..3], share => Assert.True(share.TryTake(300)));
        Assert.False(kept.Of(IPAddress.Parse("::ffff:192.0.2.1")).TryTake(1));
        Assert.False(shares[3].TryTake(101));
        Assert.True(shares[3].TryTake(100));
        shares[0].Give(300);
        Assert.True(shares[3].TryTake(200));
        Assert.Equal(900, kept.Count);
    }

    private static long Kept(TestServer server) => server.App.Services.GetRequiredService<KeptBytes>().Count;
}
