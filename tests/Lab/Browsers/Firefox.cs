using Causeway.Lab.Network;

namespace Causeway.Lab.Browsers;

/// <summary>
/// Debian's Firefox on a host of a testbed, with fake camera and microphone, driven over WebDriver BiDi: Playwright drives only
/// its own builds.
/// </summary>
internal sealed class Firefox : IAsyncDisposable
{
    private const int Port = 9222;

    private readonly RunningProgram _process;

    private Firefox(RunningProgram process, BiDi window) => (_process, Window) = (process, window);

    /// <summary>Why tests with Firefox cannot run here; null when they can.</summary>
    public static string? Missing { get; } = ShellCommand.Exists("firefox-esr")
        ? null
        : "Firefox is not installed: apt-get install firefox-esr.";

    /// <summary>Its window.</summary>
    public BiDi Window { get; }

    /// <summary>Starts it.</summary>
    public static async Task<Firefox> LaunchAsync(Testbed testbed, Host host)
    {
        var home = Path.Combine(testbed.Scratch, $"firefox-{host.Name}-{Guid.NewGuid():N}");
        var profile = Directory.CreateDirectory(Path.Combine(home, "profile")).FullName;
        await File.WriteAllLinesAsync(
            Path.Combine(profile, "user.js"), Preferences.Select(preference => $"user_pref(\"{preference.Name}\", {preference.Value});"));
        ShellCommand.Run("certutil", ["-d", $"sql:{profile}", "-N", "--empty-password"]);
        ShellCommand.Run("certutil", ["-d", $"sql:{profile}", "-A", "-t", "C,,", "-n", "lab", "-i", testbed.Authority.CertificateFile]);

        var process = host.Start(
            "firefox-esr", ["--headless", "--no-remote", "--profile", profile, $"--remote-debugging-port={Port}", "about:blank"],
            new Dictionary<string, string?> { ["HOME"] = home, ["MOZ_CRASHREPORTER_DISABLE"] = "1" });
        await process.LineWith("WebDriver BiDi listening", within: TimeSpan.FromSeconds(90));
        return new(process, await BiDi.ConnectAsync(host, Port));
    }

    public async ValueTask DisposeAsync()
    {
        await Window.DisposeAsync();
        await _process.DisposeAsync();
    }

    private static readonly (string Name, string Value)[] Preferences =
    [
        ("media.navigator.permission.disabled", "true"),
        ("media.navigator.streams.fake", "true"),
        ("media.autoplay.default", "0"),
        // Names are the lab's; only the lab's server resolves them.
        ("network.trr.mode", "5"),
        ("network.captive-portal-service.enabled", "false"),
        ("network.connectivity-service.enabled", "false"),
        ("app.normandy.enabled", "false"),
        ("app.update.disabledForTesting", "true"),
        ("browser.safebrowsing.update.enabled", "false"),
        ("browser.shell.checkDefaultBrowser", "false"),
        ("browser.startup.page", "0"),
        ("datareporting.policy.dataSubmissionEnabled", "false"),
        ("extensions.update.enabled", "false"),
        ("services.settings.server", "\"data:,#remote-settings-dummy/v1\""),
        ("toolkit.telemetry.enabled", "false"),
    ];
}
