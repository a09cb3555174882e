using System.Security.Cryptography;
using Causeway.Lab.Browsers;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Reach;

/// <summary>A person with Chromium.</summary>
internal sealed class ChromiumPerson : IPerson
{
    private readonly IBrowser _browser;
    private readonly Func<Func<Task<CallPage>>, Task<CallPage>> _load;
    private readonly Func<Task> _putAway;
    private CallPage? _page;

    private ChromiumPerson(IBrowser browser, Func<Func<Task<CallPage>>, Task<CallPage>> load, Func<Task> putAway) =>
        (_browser, _load, _putAway) = (browser, load, putAway);

    /// <summary>Starts a browser for this person.</summary>
    public static async Task<IPerson> StartAsync(IPlaywright playwright, Testbed testbed, Host host)
    {
        var browser = await Chromium.LaunchAsync(playwright, testbed, host);
        return new ChromiumPerson(browser, load => load(), () => browser.CloseAsync());
    }

    /// <summary>Takes the browser of a host, with its own context.</summary>
    /// <param name="browsers">The browsers.</param>
    /// <param name="host">The host.</param>
    /// <param name="recorder">Watches the page load.</param>
    public static async Task<IPerson> WithAsync(BrowserPool browsers, Host host, LoadRecorder recorder)
    {
        var lease = await browsers.TakeAsync(host);
        return new ChromiumPerson(lease.Browser, load => recorder.LoadAsync(host, load), () =>
        {
            lease.Dispose();
            return Task.CompletedTask;
        });
    }

    private CallPage Page => _page ?? throw new InvalidOperationException("no room was opened");

    public async Task OpenAsync(Uri room) => _page = await _load(() => CallPage.OpenAsync(_browser, room.ToString()));

    public Task JoinAsync(string name) => Page.JoinAsync(name);

    public async Task<bool> ConnectsAsync(TimeSpan within)
    {
        try
        {
            await Page.Page.Locator("#tiles .tile[data-connection=connected]")
                .WaitForAsync(new() { Timeout = (float)within.TotalMilliseconds });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public Task SeesAsync() =>
        Page.Page.WaitForFunctionAsync("() => document.querySelector('#tiles video')?.getVideoPlaybackQuality().totalVideoFrames > 0");

    public Task<int> FramesIn3SecondsAsync() => Page.Page.EvaluateAsync<int>(
        """
        async () => {
          const frames = () => document.querySelector('#tiles video').getVideoPlaybackQuality().totalVideoFrames;
          const before = frames();
          await new Promise(done => setTimeout(done, 3000));
          return frames() - before;
        }
        """);

    public Task SaysAsync(string text) => Page.SaysAsync(text);

    public Task ReadsAsync(string text) => Page.ReadsAsync(text);

    public Task OffersAsync(string name, byte[] content) => Page.OffersAsync(name, content);

    public async Task<string> AcceptsAsync() => Convert.ToHexStringLower(SHA256.HashData((await Page.AcceptsAsync()).Content));

    public async Task<string> PathAsync()
    {
        await Page.HasAsync("#tiles .tile[data-path]");
        return (await Page.PathAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_page is not null) await _page.DisposeAsync();
        }
        finally
        {
            await _putAway();
        }
    }
}
