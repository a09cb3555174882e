using System.Diagnostics;
using Causeway.Lab.Browsers;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Reach;

/// <summary>One deployment, and every kind of network twice, that calls are tried between.</summary>
internal sealed class ReachLab : IAsyncDisposable
{
    private readonly Step _step;
    private readonly IPlaywright _playwright;
    private readonly Testbed _testbed;
    private readonly Deployment _deployment;
    private readonly Dictionary<string, Site> _sites = [];
    private readonly Dictionary<string, Host> _hosts = [];
    private readonly BrowserPool _browsers;
    private readonly LoadRecorder _recorder;
    private int _rooms;

    private ReachLab(Step step, IPlaywright playwright, Testbed testbed, Deployment deployment)
    {
        (_step, _playwright, _testbed, _deployment) = (step, playwright, testbed, deployment);
        // One for each kind of network on the right, where they change from pair to pair, and two on the left.
        _browsers = new(host => Chromium.LaunchAsync(playwright, testbed, host, _recorder!.Switches(host)), atMost: 8);
        _recorder = new(testbed, deployment.Server, deployment.PageAddresses);
    }

    /// <summary>Builds it, with what a step has.</summary>
    public static async Task<ReachLab> StartAsync(Step step)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var testbed = Testbed.Create($"reach-{step}");
        try
        {
            return new(step, await Playwright.CreateAsync(), testbed, await Deployment.StartAsync(testbed, step));
        }
        catch
        {
            await testbed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has two people in these networks call each other.</summary>
    /// <param name="pair">The networks.</param>
    /// <param name="firefox">The second one uses Firefox; all others use Chromium.</param>
    /// <param name="impair">Makes the first one's network worse during the call.</param>
    public async Task<CallResult> CallAsync(Pair pair, bool firefox = false, Func<Host, IDisposable>? impair = null)
    {
        var (left, right) = Hosts(pair);
        using var impaired = impair?.Invoke(left);
        return await Caller.CallAsync(
            ChromiumPerson.WithAsync(_browsers, left, _recorder),
            firefox ? FirefoxPerson.StartAsync(_testbed, right) : ChromiumPerson.WithAsync(_browsers, right, _recorder),
            _deployment.Room($"room-{Interlocked.Increment(ref _rooms)}"),
            result => pair.ConnectsIn(_step) ? result.IsConnected && result.WrongPath(pair) is null : !result.IsConnected);
    }

    /// <summary>Has people in these networks open a page at the same time, and nothing else.</summary>
    /// <param name="pairs">The networks.</param>
    /// <param name="anew">Browsers that run are closed before.</param>
    /// <returns>How long each page took to load, its browser running.</returns>
    public async Task<IReadOnlyList<TimeSpan>> OpenAsync(IReadOnlyList<Pair> pairs, bool anew)
    {
        if (anew) await _browsers.CloseAllAsync();
        return await Task.WhenAll(pairs.SelectMany(pair => new[] { Hosts(pair).Left, Hosts(pair).Right }).Select(async host =>
        {
            await using var person = await ChromiumPerson.WithAsync(_browsers, host, _recorder);
            var time = Stopwatch.StartNew();
            await person.OpenAsync(_deployment.Room($"room-{Interlocked.Increment(ref _rooms)}"));
            return time.Elapsed;
        }));
    }

    /// <summary>Has two people in these networks call each other with Chromium, in a call that goes on until it is disposed.</summary>
    /// <param name="pair">The networks.</param>
    /// <param name="distance">How far the first one is from their router.</param>
    /// <param name="lossPercent">Datagrams that the first one loses, each way.</param>
    public Task<OngoingCall> BeginAsync(Pair pair, Delay? distance = null, int lossPercent = 0)
    {
        var (left, right) = (Person("left", pair.Left, distance: distance), Person("right", pair.Right));
        var loss = lossPercent > 0 ? left.LoseUdp(lossPercent) : null;
        return OngoingCall.BeginAsync(
            new(left, SiteOf("left", pair.Left)), new(right, SiteOf("right", pair.Right)),
            host => Chromium.LaunchAsync(_playwright, _testbed, host), _deployment.Room($"room-{++_rooms}"), loss);
    }

    /// <summary>A network without hosts.</summary>
    public Site AnotherSite(Access access) => _testbed.Site($"other{++_others}", access);
    private int _others;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _browsers.DisposeAsync();
            _playwright.Dispose();
        }
        finally
        {
            await _testbed.DisposeAsync();
        }
    }

    // Calls that are tried at the same time must not make the same host twice.
    private (Host Left, Host Right) Hosts(Pair pair)
    {
        lock (_hosts) return (
            Person("left", pair.Left), pair.Together ? Person("left", pair.Left, "neighbour") : Person("right", pair.Right));
    }

    private Host Person(string side, Access access, string role = "host", Delay? distance = null)
    {
        if (distance is not null) role = "far";
        var name = $"{Name(side, access)}-{role}";
        if (!_hosts.TryGetValue(name, out var host))
            _hosts.Add(name, host = distance is null ? SiteOf(side, access).Host(name) : SiteOf(side, access).DistantHost(name, distance));
        return host;
    }

    private Site SiteOf(string side, Access access)
    {
        var name = Name(side, access);
        if (!_sites.TryGetValue(name, out var site)) _sites.Add(name, site = _testbed.Site(name, access));
        return site;
    }

    private static string Name(string side, Access access) => $"{side}-{string.Concat(access.Name.Where(char.IsLetterOrDigit))}";
}
