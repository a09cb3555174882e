using Microsoft.Playwright;

namespace Causeway.Lab.Browsers;

/// <summary>The machine's own Chromium, with fake camera and microphone.</summary>
internal static partial class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    // The same engine without windows, address bar and extensions, which take processor time in every test.
    private const string WithoutWindows = "chromium-headless-shell";

    /// <summary>Why tests with a browser cannot run here; null when they can.</summary>
    public static string? Missing { get; } = Find(Names) is null
        ? "Chromium is not installed: apt-get install chromium, or set CAUSEWAY_CHROMIUM to its path."
        : null;

    private static readonly string[] Arguments =
    [
        "--no-sandbox", // Tests run as root, in containers too.
        "--allow-loopback-in-peer-connection", // Calls on one machine, also where it has no other address.
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // Two windows share one display; the one behind must go on decoding.
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        // The address bar's lists of suggestions are pages, and take more of the processor to open than the page of a test. The others are
        // those of Playwright, whose switch this one replaces.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,AvoidUnnecessaryBeforeUnloadCheckSync,"
            + "DestroyProfileOnBrowserClose,DialMediaRouteProvider,GlobalMediaControls,HttpsUpgrades,LensOverlay,MediaRouter,PaintHolding,"
            + "ThirdPartyStoragePartitioning,BlockOriginHeaderModificationOnRedirect,AvoidCorsURLLoaderRestartOnRedirect,Translate,"
            + "OptimizationHints,NetworkTimeServiceQuerying",
    ];

    /// <summary>
    /// Starts a browser without windows, which gives every page what it asks for: camera, microphone, screen. Where Debian's package is not
    /// installed, it is the full one.
    /// </summary>
    /// <param name="playwright">Drives it.</param>
    /// <param name="arguments">Further switches of Chromium.</param>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params string[] arguments) =>
        LaunchAsync(playwright, Find([WithoutWindows, .. Names]), With(["--use-fake-ui-for-media-stream", .. arguments]));

    /// <summary>Starts the full browser, which gives camera and microphone only to contexts that were allowed them.</summary>
    /// <inheritdoc cref="LaunchAsync(IPlaywright, string[])"/>
    public static Task<IBrowser> LaunchFullAsync(IPlaywright playwright, params string[] arguments) =>
        LaunchAsync(playwright, Find(Names), With(arguments));

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright, string? path, string[] arguments) =>
        playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = arguments });

    // A film replaces the picture of the fake device, not its sound. Of two equal switches Chromium takes the last one.
    private static string[] With(params string[] arguments) => arguments.Contains(FakeCamera.HighDefinition)
        ? [.. Arguments, .. arguments]
        : [.. Arguments, "--use-fake-device-for-media-stream", SmallCamera.Switch, .. arguments];

    private static string? Find(string[] names)
    {
        if (Environment.GetEnvironmentVariable("CAUSEWAY_CHROMIUM") is { Length: > 0 } named) return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
