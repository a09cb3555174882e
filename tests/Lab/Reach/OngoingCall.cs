using Causeway.Lab.Browsers;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Reach;

/// <summary>A person's machine and its network.</summary>
internal sealed record Place(Host Host, Site Site);

/// <summary>A call of two people that things happen to.</summary>
internal sealed class OngoingCall : IAsyncDisposable
{
    // The longest freeze of the other's picture, in milliseconds.
    private const string WatchFreezes =
        """
        () => {
          let frames = 0, since = performance.now();
          window.longestFreeze = 0;
          window.watching = setInterval(() => {
            const decoded = document.querySelector('#tiles video')?.getVideoPlaybackQuality().totalVideoFrames ?? frames;
            const now = performance.now();
            window.longestFreeze = Math.max(window.longestFreeze, now - since);
            if (decoded !== frames) [frames, since] = [decoded, now];
          }, 50);
        }
        """;

    // The picture moves again, for two seconds: more than what was on its way, or waited to be shown, when the path broke.
    private const int Again = 40;

    private readonly IDisposable? _undo;
    private readonly List<IBrowser> _browsers = [];

    private OngoingCall(Place adas, Place graces, IDisposable? undo) => (Adas, Graces, _undo) = (adas, graces, undo);

    /// <summary>Where the first one is.</summary>
    public Place Adas { get; }

    /// <summary>Where the second one is.</summary>
    public Place Graces { get; }

    /// <summary>The page of who joined first.</summary>
    public CallPage Ada { get; private set; } = null!;

    /// <summary>The page of who joined second.</summary>
    public CallPage Grace { get; private set; } = null!;

    /// <summary>Both join the room and see each other.</summary>
    /// <param name="adas">Where the first one is.</param>
    /// <param name="graces">Where the second one is.</param>
    /// <param name="launch">Starts a browser on a host.</param>
    /// <param name="room">The room's address.</param>
    /// <param name="undo">Disposed with the call.</param>
    public static async Task<OngoingCall> BeginAsync(
        Place adas, Place graces, Func<Host, Task<IBrowser>> launch, Uri room, IDisposable? undo)
    {
        var call = new OngoingCall(adas, graces, undo);
        try
        {
            call._browsers.AddRange(await Task.WhenAll(launch(adas.Host), launch(graces.Host)));
            var pages = await Task.WhenAll(call._browsers.Select(browser => CallPage.OpenAsync(browser, room.ToString())));
            (call.Ada, call.Grace) = (pages[0], pages[1]);
            await call.Ada.JoinAsync("Ada");
            await call.Grace.JoinAsync("Grace");
            foreach (var page in pages)
            {
                await page.SeesAsync(Again);
                await page.HasAsync("#tiles .tile[data-path]");
            }

            return call;
        }
        catch
        {
            await call.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Something happens to the path, and the call has to get over it: both see each other again, in the same call. Gives how long the
    /// picture that was still for longer stood still.
    /// </summary>
    /// <param name="happens">What happens.</param>
    /// <param name="overWith">What undoes it and is part of it, as a cable that is put back; awaited before the pictures have to move
    /// again.</param>
    /// <param name="comesAgain">Ada is away so long that Grace sees her leave, and returns as a new member.</param>
    public async Task<TimeSpan> GetsOverAsync(Action happens, Func<Task>? overWith = null, bool comesAgain = false)
    {
        CallPage[] pages = [Ada, Grace];
        var others = await Task.WhenAll(pages.Select(page => page.Other.GetAttributeAsync("data-member")));
        foreach (var page in pages) await page.Page.EvaluateAsync(WatchFreezes);
        var frames = await Task.WhenAll(pages.Select(page => page.FramesAsync()));
        happens();
        if (overWith is not null) await overWith();

        await Task.WhenAll(pages.Zip(frames, (page, before) => page.SeesAsync(before + Again)));
        var now = await Task.WhenAll(pages.Select(page => page.Other.GetAttributeAsync("data-member")));
        // The one who stayed is who they were.
        Assert.Equal(others[0], now[0]);
        Assert.Equal(comesAgain, others[1] != now[1]);
        var freezes = await Task.WhenAll(pages.Select(
            page => page.Page.EvaluateAsync<double>("() => { clearInterval(window.watching); return window.longestFreeze; }")));
        return TimeSpan.FromMilliseconds(freezes.Max());
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Ada is not null) await Ada.DisposeAsync();
            if (Grace is not null) await Grace.DisposeAsync();
        }
        finally
        {
            foreach (var browser in _browsers) await browser.CloseAsync();
            _undo?.Dispose();
        }
    }
}
