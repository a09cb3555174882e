using System.Diagnostics;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>The document of the matrix for given results.</summary>
public sealed class ReachReportTests : IDisposable
{
    private static readonly CallResult Connected = new("direct", "direct", TimeSpan.FromSeconds(1.2), 60);

    private readonly string _results = LabFolders.Temporary("results.json");
    private readonly Clock _clock = new();

    [Fact]
    public void A_set_that_one_run_made_is_told_with_its_time()
    {
        var report = new ReachReport(_results, _clock);
        AddAll(report);
        _clock.Passed = TimeSpan.FromSeconds(331.6);
        Assert.Contains(" calls took 5 minutes 32 s, including their networks", report.Document(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_that_several_runs_made_is_told_without_a_time()
    {
        AddAll(new(_results, _clock));
        var report = new ReachReport(_results, _clock);
        report.Add(Step.Relay, Pair.SameLan, Connected);
        Assert.Contains(" calls were made in several runs, so their total time was not measured.", report.Document(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("calls took", report.Document(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_made_all_of_it_again_is_told_with_its_own_time()
    {
        AddAll(new(_results, _clock));
        _clock.Passed = TimeSpan.FromSeconds(600);
        var report = new ReachReport(_results, _clock);
        AddAll(report);
        _clock.Passed = TimeSpan.FromSeconds(660);
        Assert.Contains(" calls took 1 minute 0 s,", report.Document(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_call_that_is_due_there_is_no_document()
    {
        var report = new ReachReport(file: null, _clock);
        AddAll(report, firefox: false);
        Assert.Null(report.Document());
        foreach (var pair in FirefoxPerson.Pairs) report.AddFirefox(pair, Connected);
        Assert.NotNull(report.Document());
    }

    [Fact]
    public void A_call_that_was_tried_again_replaces_what_it_came_to_before()
    {
        var report = new ReachReport(file: null, _clock);
        AddAll(report);
        report.AddFirefox(FirefoxPerson.Pairs[1], CallResult.NotConnected);
        Assert.Contains($"| {FirefoxPerson.Pairs[1]}, Firefox | **no connection** | | | |", report.Document(), StringComparison.Ordinal);
        report.AddFirefox(FirefoxPerson.Pairs[1], Connected);
        Assert.Contains(
            $"| {FirefoxPerson.Pairs[1]}, Firefox | direct | 1.2 s | 60 | arrived |", report.Document(), StringComparison.Ordinal);
        Assert.DoesNotContain("no connection", report.Document(), StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_results);

    private static void AddAll(ReachReport report, bool firefox = true)
    {
        foreach (var relayOnly in (bool[])[false, true]) report.AddLocal(relayOnly, Connected);
        foreach (var pair in Pair.All)
        {
            foreach (var step in Enum.GetValues<Step>()) report.Add(step, pair, Connected);
        }

        if (!firefox) return;
        foreach (var pair in FirefoxPerson.Pairs) report.AddFirefox(pair, Connected);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long GetTimestamp() => (long)(Passed.TotalSeconds * Stopwatch.Frequency);

        public override long TimestampFrequency => Stopwatch.Frequency;
    }
}
