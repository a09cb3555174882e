namespace Causeway.Lab.Reach;

/// <summary>Every pair of networks in every step of the guide: <c>script/lab reach</c> runs it and writes <c>docs/reach.md</c>.</summary>
public sealed class ReachMatrix(ReachMatrix.Shared shared) : IClassFixture<ReachMatrix.Shared>
{
    public static IEnumerable<TheoryDataRow<Pair>> Pairs => Pair.Chosen.Select(pair => new TheoryDataRow<Pair>(pair) { TestDisplayName = $"reach: {pair}" });

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_one_machine(bool relayOnly)
    {
        var result = await LocalLab.CallAsync(relayOnly);
        TestContext.Current.TestOutputHelper?.WriteLine($"one machine{(relayOnly ? ", relay only" : "")}: {result}");
        shared.Report.AddLocal(relayOnly, result);
        Assert.Equal(relayOnly ? "relay-udp" : "direct", result.LeftPath);
        Assert.Equal(relayOnly ? "relay-udp" : "direct", result.RightPath);
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Pairs))]
    public Task With_STUN_only(Pair pair) => CallsAsExpected(Step.StunOnly, pair);

    [Theory(Explicit = true)]
    [MemberData(nameof(Pairs))]
    public Task With_the_relay(Pair pair) => CallsAsExpected(Step.Relay, pair);

    private async Task CallsAsExpected(Step step, Pair pair)
    {
        Assert.SkipWhen(step == Step.Relay && pair.Misses is not null, pair.Misses ?? "");
        var lab = await shared.LabAsync(step);
        var result = await lab.CallAsync(pair);
        TestContext.Current.TestOutputHelper?.WriteLine($"{step}, {pair}: {result}");
        shared.Report.Add(step, pair, result);
        Assert.Equal(pair.ConnectsIn(step), result.IsConnected);
        if (result.IsConnected) Assert.Null(result.WrongPath(pair));
    }

    /// <summary>The deployments, one for each step, and what was found.</summary>
    public sealed class Shared : IAsyncDisposable
    {
        private readonly Dictionary<Step, Task<ReachLab>> _labs = [];

        internal ReachReport Report { get; } = new();

        internal Task<ReachLab> LabAsync(Step step)
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
