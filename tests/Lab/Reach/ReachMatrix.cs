using Causeway.Lab.Browsers;

namespace Causeway.Lab.Reach;

/// <summary>Every pair of networks in every step of the guide: <c>script/lab reach</c> runs it and writes <c>docs/reach.md</c>.</summary>
public sealed class ReachMatrix(ReachMatrix.Shared shared) : IClassFixture<ReachMatrix.Shared>
{
    public static IEnumerable<TheoryDataRow<Pair>> Pairs =>
        Pair.Chosen.Select(pair => new TheoryDataRow<Pair>(pair) { TestDisplayName = $"reach: {pair}" });

    public static IEnumerable<TheoryDataRow<Pair>> PairsWithFirefox =>
        Pair.Chosen.Intersect(FirefoxPerson.Pairs)
            .Select(pair => new TheoryDataRow<Pair>(pair) { TestDisplayName = $"reach: {pair}, Firefox" });

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_one_machine(bool relayOnly)
    {
        var result = await LocalLab.CallAsync(relayOnly);
        TestContext.Current.TestOutputHelper?.WriteLine($"one machine{(relayOnly ? ", relay only" : "")}: {result}");
        shared.Report.AddLocal(relayOnly, result);
        Assert.InRange(result.Frames, 1, int.MaxValue);
        Assert.Equal((LocalLab.DuePath(relayOnly), LocalLab.DuePath(relayOnly)), (result.LeftPath, result.RightPath));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Pairs))]
    public Task With_STUN_only(Pair pair) => CallsAsExpected(Step.StunOnly, pair);

    [Theory(Explicit = true)]
    [MemberData(nameof(Pairs))]
    public Task With_the_relay(Pair pair) => CallsAsExpected(Step.Relay, pair);

    [Theory(Explicit = true, SkipTestWithoutData = true)]
    [MemberData(nameof(PairsWithFirefox))]
    public async Task With_the_relay_and_Firefox(Pair pair)
    {
        Assert.SkipWhen(Firefox.Missing is not null, Firefox.Missing ?? "");
        Assert.SkipWhen(pair.Misses is not null, pair.Misses ?? "");
        var result = await shared.CallAsync(Step.Relay, pair, firefox: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Step.Relay}, {pair}, Firefox: {result}");
        shared.Report.AddFirefox(pair, result);
        Assert.True(result.IsConnected, "no connection");
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }

    private async Task CallsAsExpected(Step step, Pair pair)
    {
        Assert.SkipWhen(step == Step.Relay && pair.Misses is not null, pair.Misses ?? "");
        var result = await shared.CallAsync(step, pair);
        TestContext.Current.TestOutputHelper?.WriteLine($"{step}, {pair}: {result}");
        shared.Report.Add(step, pair, result);
        Assert.Equal(pair.ConnectsIn(step), result.IsConnected);
        if (!result.IsConnected) return;
        Assert.Null(result.WrongPath(pair));
        Assert.InRange(result.Frames, 1, int.MaxValue);
    }

    /// <summary>The deployments, one for each step, and what was found.</summary>
    public sealed class Shared : IAsyncDisposable
    {
        // How many calls that find no path are tried at the same time: all that they do is to wait until patience is over.
        private const int Waiting = 4;

        private readonly Dictionary<Step, Task<ReachLab>> _labs = [];
        private readonly Dictionary<(Step, Pair), Task<CallResult>> _calls = [];

        internal ReachReport Report { get; } = new(Environment.GetEnvironmentVariable("CAUSEWAY_REACH_RESULTS"), TimeProvider.System);

        /// <summary>What becomes of a call. Those that are due to connect have the machine to themselves.</summary>
        internal async Task<CallResult> CallAsync(Step step, Pair pair, bool firefox = false)
        {
            var lab = await LabAsync(step);
            if (pair.ConnectsIn(step)) return await lab.CallAsync(pair, firefox);
            if (!_calls.TryGetValue((step, pair), out var call))
            {
                foreach (var next in Pair.Chosen.Where(next => !next.ConnectsIn(step) && !_calls.ContainsKey((step, next)))
                    .OrderBy(next => next != pair).Take(Waiting))
                    _calls.Add((step, next), lab.CallAsync(next));
                call = _calls[(step, pair)];
            }

            try
            {
                return await call;
            }
            finally
            {
                // The others of this round, too: the next call may be one that connects.
                await Task.WhenAny(Task.WhenAll(_calls.Values));
            }
        }

        private Task<ReachLab> LabAsync(Step step)
        {
            if (!_labs.TryGetValue(step, out var lab)) _labs.Add(step, lab = ReachLab.StartAsync(step));
            return lab;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var lab in _labs.Values.Where(lab => lab.IsCompletedSuccessfully)) await (await lab).DisposeAsync();
            Report.WriteWhenComplete();
        }
    }
}
