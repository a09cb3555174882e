using System.Diagnostics;
using System.Security.Cryptography;

namespace Causeway.Lab.Reach;

/// <summary>Has two people call each other with the product's own page.</summary>
internal static class Caller
{
    private const int FileBytes = 300_000;

    // Calls that find a path find it within three seconds; browsers themselves look for half a minute before they give up. A busy machine
    // may need longer for one that is due.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PatienceInVain = TimeSpan.FromSeconds(15);

    // A browser sends over the first path that answers, and moves when a better one has answered too: each side by itself, and later on a
    // busy machine.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <summary>Both join a room, see each other, write to each other and pass a file on; or it turns out that they cannot.</summary>
    /// <param name="left">Starts the browser of who joins first.</param>
    /// <param name="right">Starts the browser of who joins second.</param>
    /// <param name="room">The room's address.</param>
    /// <param name="isDue">Whether this is what the call should come to. It is given time for that; what it came to last is what is
    /// told.</param>
    public static async Task<CallResult> CallAsync(Task<IPerson> left, Task<IPerson> right, Uri room, Func<CallResult, bool> isDue)
    {
        try
        {
            return await CallAsync(await left, await right, room, isDue);
        }
        finally
        {
            foreach (var person in (Task<IPerson>[])[left, right])
            {
                if (await Task.WhenAny(person) is { IsCompletedSuccessfully: true }) await (await person).DisposeAsync();
            }
        }
    }

    private static async Task<CallResult> CallAsync(IPerson ada, IPerson grace, Uri room, Func<CallResult, bool> isDue)
    {
        await Task.WhenAll(ada.OpenAsync(room), grace.OpenAsync(room));
        await ada.JoinAsync("Ada");
        var joining = Stopwatch.StartNew();
        await grace.JoinAsync("Grace");
        var patience = isDue(CallResult.NotConnected) ? PatienceInVain : Patience;
        if (!(await Task.WhenAll(ada.ConnectsAsync(patience), grace.ConnectsAsync(patience))).All(connected => connected))
            return CallResult.NotConnected;

        await Task.WhenAll(ada.SeesAsync(), grace.SeesAsync());
        var firstFrame = joining.Elapsed;
        var frames = Task.WhenAll(ada.FramesIn3SecondsAsync(), grace.FramesIn3SecondsAsync());
        await WriteAsync(ada, grace);
        await PassFileAsync(grace, ada);
        var result = new CallResult(null, null, firstFrame, (await frames).Min());
        var settling = Stopwatch.StartNew();
        while (true)
        {
            result = result with { LeftPath = await ada.PathAsync(), RightPath = await grace.PathAsync() };
            if (isDue(result) || settling.Elapsed > Settling) return result;
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }

    private static async Task WriteAsync(IPerson one, IPerson other)
    {
        await one.SaysAsync("Do you hear me?");
        await other.ReadsAsync("Do you hear me?");
        await other.SaysAsync("Loud and clear.");
        await one.ReadsAsync("Loud and clear.");
    }

    private static async Task PassFileAsync(IPerson from, IPerson to)
    {
        var file = RandomNumberGenerator.GetBytes(FileBytes);
        await from.OffersAsync("report.bin", file);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), await to.AcceptsAsync());
    }
}
