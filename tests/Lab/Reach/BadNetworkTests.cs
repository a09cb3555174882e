using Causeway.Lab.Browsers;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>Calls over bad networks: <c>script/lab bad-network</c>.</summary>
[Collection(SharedLab.Name)]
public sealed class BadNetworkTests(SharedLab shared)
{
    public static IEnumerable<TheoryDataRow<Pair>> Pairs =>
    [
        new(new Pair(Access.FriendlyNat, Access.FriendlyNat)) { TestDisplayName = "bad: a direct call, every tenth datagram is lost" },
        new(new Pair(Access.SymmetricNat, Access.SymmetricNat)) { TestDisplayName = "bad: a relayed call, every tenth datagram is lost" },
    ];

    [Theory(Explicit = true)]
    [MemberData(nameof(Pairs))]
    public async Task A_bad_network_that_loses_every_tenth_datagram_is_no_obstacle(Pair pair)
    {
        var lab = await shared.WithRelayAsync();
        var result = await lab.CallAsync(pair, impair: host => host.LoseUdp(percent: 10));
        TestContext.Current.TestOutputHelper?.WriteLine($"{pair}, 10 % lost: {result}");
        Assert.True(result.IsConnected, "no connection");
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }

    [Fact]
    public async Task A_network_that_loses_much_is_said_on_the_badge_until_it_is_better()
    {
        await using var call = await (await shared.WithRelayAsync()).BeginAsync(new(Access.FriendlyNat, Access.FriendlyNat));
        await call.Ada.TakesAsync("direct");
        using (call.Adas.Host.LoseUdp(percent: 30))
        {
            await call.Ada.HasAsync("#tiles .tile[data-quality=poor] .badge-detail:has-text('lost')");
            await call.Ada.Page.ClickAsync(".badge");
            await call.Ada.HasAsync(".path-card dt:text-is('Quality') + dd:has-text('poor: ')");
        }

        await call.Ada.HasAsync("#tiles .tile:not([data-quality=none]):not(:has(.badge-detail:has-text('lost')))");
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("relay")]
    public async Task A_round_trip_of_seconds_is_said_on_the_badge_until_it_is_short_again(string path)
    {
        var access = path == "direct" ? Access.FriendlyNat : Access.SymmetricNat;
        await using var call = await (await shared.WithRelayAsync()).BeginAsync(new(access, access), Near);
        // Relayed by either one's relay.
        await call.Ada.HasAsync($"#tiles .tile[data-path^={path}]");
        try
        {
            call.Adas.Host.Wire!.Delay = Delay.Milliseconds(1500);
            // Both sides see it, as poor and in words, and the call goes on.
            foreach (var page in (CallPage[])[call.Ada, call.Grace])
                await page.HasAsync(
                    "#tiles .tile[data-connection=connected][data-quality=poor] "
                    + @".badge-detail:text-matches('^\\d+\\.\\d s round trip$')");
            await call.Ada.Page.ClickAsync(".badge");
            await call.Ada.HasAsync(".path-card dt:text-is('Quality') + dd:has-text('poor: ')");
            await call.Ada.SeesAsync(await call.Ada.FramesAsync() + 20);
        }
        finally
        {
            call.Adas.Host.Wire!.Delay = Near;
        }

        foreach (var page in (CallPage[])[call.Ada, call.Grace])
            await page.HasAsync(
                "#tiles .tile[data-connection=connected][data-quality=good]:not(:has(.badge-detail:has-text('round trip')))");
    }

    private static Delay Near { get; } = Delay.Milliseconds(5);

    [Fact(Explicit = true)]
    public async Task A_bad_network_with_300_ms_of_delay_and_loss_is_no_obstacle()
    {
        var lab = await shared.WithRelayAsync();
        await using var call = await lab.BeginAsync(
            new(Access.SymmetricNat, Access.SymmetricNat), Delay.Milliseconds(150, jitter: 30), lossPercent: 3);
        Assert.StartsWith("relay-", await call.Ada.PathAsync(), StringComparison.Ordinal);
        await Task.WhenAll(
            call.Ada.SeesAsync(await call.Ada.FramesAsync() + 20), call.Grace.SeesAsync(await call.Grace.FramesAsync() + 20));
    }
}
