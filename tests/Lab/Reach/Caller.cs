using System.Diagnostics;
using System.Security.Cryptography;
using Causeway.Lab.Browsers;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Reach;

/// <summary>Makes a call between two hosts with the product's own page, as two people would.</summary>
internal static class Caller
{
    private const int FileBytes = 300_000;

    /// <summary>Both join a room, see each other, write to each other and pass a file on; or it turns out that they cannot.</summary>
    /// <param name="playwright">Drives the browsers.</param>
    /// <param name="testbed">Where the hosts are.</param>
    /// <param name="left">Who joins first.</param>
    /// <param name="right">Who joins second.</param>
    /// <param name="room">The room's address.</param>
    public static async Task<CallResult> CallAsync(IPlaywright playwright, Testbed testbed, Host left, Host right, Uri room)
    {
        var browsers = await Task.WhenAll(Chromium.LaunchAsync(playwright, testbed, left), Chromium.LaunchAsync(playwright, testbed, right));
        try
        {
            await using var ada = await CallPage.JoinAsync(browsers[0], room.ToString(), "Ada");
            await using var grace = await CallPage.OpenAsync(browsers[1], room.ToString());
            var joining = Stopwatch.StartNew();
            await grace.JoinAsync("Grace");
            if (!(await Task.WhenAll(ConnectsAsync(ada), ConnectsAsync(grace))).All(connected => connected)) return CallResult.NotConnected;

            await Task.WhenAll(ShowsAsync(ada), ShowsAsync(grace));
            var firstFrame = joining.Elapsed;
            var frames = await Task.WhenAll(FramesIn3SecondsAsync(ada), FramesIn3SecondsAsync(grace));
            await WriteAsync(ada, grace);
            await PassFileAsync(grace, ada);
            return new(await PathAsync(ada), await PathAsync(grace), firstFrame, frames.Min());
        }
        finally
        {
            foreach (var browser in browsers) await browser.CloseAsync();
        }
    }

    /// <summary>Waits until the page says that the other one is connected, or that it gave up looking for a path.</summary>
    private static async Task<bool> ConnectsAsync(CallPage page)
    {
        await page.HasAsync("#tiles .tile:is([data-connection=connected], [data-connection=failed])");
        return await page.Other.GetAttributeAsync("data-connection") == "connected";
    }

    private static Task<IJSHandle> ShowsAsync(CallPage page) => page.Page.WaitForFunctionAsync("document.querySelector('#tiles video')?.getVideoPlaybackQuality().totalVideoFrames > 0");

    private static Task<int> FramesIn3SecondsAsync(CallPage page) => page.Page.EvaluateAsync<int>(
        """
        async () => {
          const frames = () => document.querySelector('#tiles video').getVideoPlaybackQuality().totalVideoFrames;
          const before = frames();
          await new Promise(done => setTimeout(done, 3000));
          return frames() - before;
        }
        """);

    private static async Task WriteAsync(CallPage one, CallPage other)
    {
        await one.SaysAsync("Do you hear me?");
        await other.ReadsAsync("Do you hear me?");
        await other.SaysAsync("Loud and clear.");
        await one.ReadsAsync("Loud and clear.");
    }

    private static async Task PassFileAsync(CallPage from, CallPage to)
    {
        var file = RandomNumberGenerator.GetBytes(FileBytes);
        await from.OffersAsync("report.bin", file);
        var (_, content) = await to.AcceptsAsync();
        Assert.True(file.AsSpan().SequenceEqual(content), "the file arrived with other bytes than were sent");
    }

    private static async Task<string> PathAsync(CallPage page)
    {
        await page.HasAsync("#tiles .tile[data-path]");
        return (await page.PathAsync())!;
    }
}
