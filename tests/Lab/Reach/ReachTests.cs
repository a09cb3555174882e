using Causeway.Lab.Browsers;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>The short set: a call gets through, by the path that is due, for each way that media can take. <see cref="ReachMatrix"/> has all pairs.</summary>
[Collection(SharedLab.Name)]
public sealed class ReachTests(SharedLab shared)
{
    public static IEnumerable<TheoryDataRow<Pair>> Pairs => Pair.Short.Select(pair => new TheoryDataRow<Pair>(pair) { TestDisplayName = $"A call gets through: {pair}" });

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_call_gets_through(Pair pair)
    {
        Assert.SkipWhen(pair.Misses is not null, pair.Misses ?? "");
        var lab = await shared.WithRelayAsync();
        var result = await lab.CallAsync(pair);
        TestContext.Current.TestOutputHelper?.WriteLine($"{pair}: {result}");
        Assert.True(result.IsConnected, $"{pair}: no connection");
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }

    [Fact]
    public async Task Firefox_and_Chromium_meet_over_the_relay()
    {
        Assert.SkipWhen(Firefox.Missing is not null, Firefox.Missing ?? "");
        await CallsWithFirefox(new(Access.SymmetricNat, Access.SymmetricNat));
    }

    [Fact]
    public async Task Firefox_and_Chromium_meet_where_only_443_is_open()
    {
        Assert.SkipWhen(Firefox.Missing is not null, Firefox.Missing ?? "");
        await CallsWithFirefox(new(Access.FriendlyNat, Access.Only443));
    }

    private async Task CallsWithFirefox(Pair pair)
    {
        Assert.SkipWhen(pair.Misses is not null, pair.Misses ?? "");
        var result = await (await shared.WithRelayAsync()).CallAsync(pair, firefox: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{pair}: {result}");
        Assert.True(result.IsConnected, $"{pair}: no connection");
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }
}
