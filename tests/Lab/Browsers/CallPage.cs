using System.Globalization;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Browsers;

/// <summary>The web page in one browser window, in the words of a person who uses it.</summary>
internal sealed class CallPage : IAsyncDisposable
{
    private const float Patience = 60_000;

    // From the click to the last byte, beside everything else that a call does.
    private const float DownloadPatience = 180_000;

    // Notices disappear after some seconds; a slow test still finds their text.
    private const string Remember =
        """
        window.told = [];
        addEventListener('DOMContentLoaded', () => {
          const notices = document.getElementById('notices');
          const added = changes => changes.flatMap(change => [...change.addedNodes]);
          const remember = changes => window.told.push(...added(changes).map(notice => notice.textContent));
          if (notices) new MutationObserver(remember).observe(notices, { childList: true });
        });
        """;

    private readonly List<string> _errors = [];
    private readonly List<DirectoryInfo> _offered = [];

    private CallPage(IPage page)
    {
        Page = page;
        page.SetDefaultTimeout(Patience);
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            // A script or style that the page's own security policy refuses is a defect of the page.
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                _errors.Add(message.Text);
        };
    }

    /// <summary>The window itself.</summary>
    public IPage Page { get; }

    /// <summary>The tile of the other person; there is one other in most scenarios.</summary>
    public ILocator Other => Page.Locator("#tiles .tile");

    /// <summary>Opens a window.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="url">The page.</param>
    /// <param name="devices">Whether the page may use camera and microphone.</param>
    /// <param name="theme">Light or dark, as the system would have it.</param>
    /// <param name="script">Runs before the page's own scripts.</param>
    /// <param name="sharp">
    /// Whether a pixel of the page is one of the screen. Otherwise it is half of one in each direction, since Chromium draws in software.
    /// </param>
    public static async Task<CallPage> OpenAsync(
        IBrowser browser, string url, bool devices = true, ColorScheme theme = ColorScheme.Dark, string? script = null,
        bool sharp = false)
    {
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 1280, Height = 800 },
            DeviceScaleFactor = sharp ? 1 : 0.5f,
            ColorScheme = theme,
            ReducedMotion = ReducedMotion.Reduce,
            AcceptDownloads = true,
            Permissions = devices ? ["camera", "microphone"] : [],
        });
        await context.AddInitScriptAsync(Remember);
        if (script is not null) await context.AddInitScriptAsync(script);
        var page = new CallPage(await context.NewPageAsync());
        await page.Page.GotoAsync(url);
        return page;
    }

    /// <summary>Opens a room and joins it.</summary>
    public static async Task<CallPage> JoinAsync(
        IBrowser browser, string url, string name, bool devices = true, ColorScheme theme = ColorScheme.Dark, string? script = null,
        bool sharp = false)
    {
        var page = await OpenAsync(browser, url, devices, theme, script, sharp);
        await page.JoinAsync(name);
        return page;
    }

    /// <summary>Joins from the lobby.</summary>
    public async Task JoinAsync(string name)
    {
        await Page.FillAsync("#name", name);
        await Page.ClickAsync("#join");
        await Page.Locator("#call").WaitForAsync();
    }

    /// <summary>Waits until the other person's video was decoded this often.</summary>
    public Task SeesAsync(int frames) =>
        Page.WaitForFunctionAsync("frames => Number(document.querySelector('#tiles .tile')?.dataset.frames) >= frames", frames);

    /// <summary>Frames of the other person decoded so far.</summary>
    public async Task<int> FramesAsync() => int.Parse(await Other.GetAttributeAsync("data-frames") ?? "0", CultureInfo.InvariantCulture);

    /// <summary>How media flows: <c>direct</c>, <c>relay-udp</c>, …</summary>
    public Task<string?> PathAsync() => Other.GetAttributeAsync("data-path");

    /// <summary>
    /// Waits until media flows in one of these ways. A call begins on the first path that answers, and moves to a better one once that has
    /// answered too.
    /// </summary>
    public Task TakesAsync(params string[] paths) => HasAsync(string.Join(", ", paths.Select(path => $"#tiles .tile[data-path={path}]")));

    /// <summary>Waits until something matches.</summary>
    public Task HasAsync(string selector) => Page.Locator(selector).First.WaitForAsync();

    /// <summary>Waits until a notice showed a text.</summary>
    public Task IsToldAsync(string text) => Page.WaitForFunctionAsync("text => window.told.some(told => told.includes(text))", text);

    /// <summary>Opens the chat if it is closed.</summary>
    public async Task OpensChatAsync()
    {
        if (!await Page.Locator("#chat").IsVisibleAsync()) await Page.ClickAsync("#toggle-chat");
    }

    /// <summary>Opens the chat if it is closed, and writes to everyone.</summary>
    public async Task SaysAsync(string text)
    {
        await OpensChatAsync();
        await Page.FillAsync("#chat-text", text);
        await Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Waits until another person's message is in the chat.</summary>
    public Task ReadsAsync(string text) =>
        Page.Locator(".message[data-own=false] .message-text", new() { HasTextString = text }).First.WaitForAsync(
        new() { State = WaitForSelectorState.Attached });

    /// <summary>What the others wrote, oldest first.</summary>
    public Task<IReadOnlyList<string>> MessagesAsync() => Page.Locator(".message[data-own=false] .message-text").AllTextContentsAsync();

    /// <summary>Offers a file to everyone.</summary>
    public async Task OffersAsync(string name, byte[] content)
    {
        // By its path: bytes would pass through the driver as text, twice.
        var folder = LabFolders.New("offered");
        _offered.Add(folder);
        var path = Path.Combine(folder.FullName, name);
        await File.WriteAllBytesAsync(path, content);
        await Page.SetInputFilesAsync("#file-input", path);
    }

    /// <summary>Accepts the file that is offered, and gives its name and bytes as the browser saved them.</summary>
    public async Task<(string Name, byte[] Content)> AcceptsAsync()
    {
        await OpensChatAsync();
        var download = await Page.RunAndWaitForDownloadAsync(
            () => Page.Locator(".transfer[data-state=offered] button.primary").ClickAsync(), new() { Timeout = DownloadPatience });
        return (download.SuggestedFilename, await File.ReadAllBytesAsync(await download.PathAsync()));
    }

    /// <summary>Keeps a picture of the window for people to look at.</summary>
    public async Task PictureAsync(string path)
    {
        await Page.Mouse.MoveAsync(640, 4); // Over nothing that lights up.
        await Page.EvaluateAsync("() => document.activeElement.blur()");
        await Page.ScreenshotAsync(new() { Path = path });
    }

    /// <summary>Closes the window; fails when the page's scripts had failed.</summary>
    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        foreach (var folder in _offered) folder.Delete(recursive: true);
        Assert.Empty(_errors);
    }
}
