using Causeway.Lab.Browsers;

namespace Causeway.Lab.Reach;

/// <summary>
/// The short set: a call gets through, by the path that is due, for each way that media can take. <see cref="ReachMatrix"/> has all pairs.
/// </summary>
[Collection(SharedLab.Name)]
public sealed class ReachTests(SharedLab shared)
{
    public static IEnumerable<TheoryDataRow<Pair>> Pairs =>
        Pair.Short.Select(pair => new TheoryDataRow<Pair>(pair) { TestDisplayName = $"A call gets through: {pair}" });

    public static IEnumerable<TheoryDataRow<Pair>> FirefoxPairs =>
        FirefoxPerson.Pairs.Select(pair => new TheoryDataRow<Pair>(pair) { TestDisplayName = $"Firefox and Chromium meet: {pair}" });

    [Theory]
    [MemberData(nameof(Pairs))]
    public Task A_call_gets_through(Pair pair) => GetsThroughAsync(pair, firefox: false);

    [Theory]
    [MemberData(nameof(FirefoxPairs))]
    public Task Firefox_and_Chromium_meet(Pair pair)
    {
        Assert.SkipWhen(Firefox.Missing is not null, Firefox.Missing ?? "");
        return GetsThroughAsync(pair, firefox: true);
    }

    private async Task GetsThroughAsync(Pair pair, bool firefox)
    {
        Assert.SkipWhen(pair.Misses is not null, pair.Misses ?? "");
        var result = await (await shared.WithRelayAsync()).CallAsync(pair, firefox);
        TestContext.Current.TestOutputHelper?.WriteLine($"{pair}: {result}");
        Assert.True(result.IsConnected, $"{pair}: no connection");
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }
}
