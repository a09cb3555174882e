using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Browsers;

/// <summary>
/// A film for Chromium's fake camera (<see cref="FileSwitch"/> takes Motion JPEG, 30 pictures a second, over and over).
/// A browser draws it: the repository has no picture of a person.
/// </summary>
internal sealed class FakeCamera : IDisposable
{
    /// <summary>Chromium's switch that replaces its own fake camera by a file.</summary>
    public const string FileSwitch = "--use-file-for-fake-video-capture";

    /// <summary>Chromium's own fake camera: 1280 × 720 pixels, as a usual one, but few frames a second.</summary>
    public const string HighDefinition = "--use-fake-device-for-media-stream=fps=5";

    private const int Pictures = 60;

    private FakeCamera(string file) => File = file;

    /// <summary>A person at the sea, who speaks.</summary>
    public const string AtTheSea =
        """
        {
          "place": "sea", "talks": true, "hair": "long", "hairTint": "#4a2c22", "skin": "#e9b48f", "shade": "#cf936d",
          "blush": "#e2967a66", "shirt": "#d9694b", "collar": "#f4dcc4"
        }
        """;

    /// <summary>A person in a study, who listens.</summary>
    public const string InTheStudy =
        """
        {
          "place": "study", "talks": false, "glasses": true, "hair": "short", "hairTint": "#23191a", "skin": "#a8734f",
          "shade": "#8a5b3d", "blush": "#b9664a55", "shirt": "#2f6f73", "collar": "#e8e2d2"
        }
        """;

    /// <summary>The film.</summary>
    public string File { get; }

    /// <summary>Chromium's argument.</summary>
    public string Argument => $"{FileSwitch}={File}";

    /// <summary>Draws the film.</summary>
    /// <param name="browser">Who draws.</param>
    /// <param name="look">JSON, as <see cref="AtTheSea"/>.</param>
    public static async Task<FakeCamera> DrawAsync(IBrowser browser, string look)
    {
        var painter = await System.IO.File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Browsers", "portrait.js"));
        painter = painter[painter.IndexOf("(look)", StringComparison.Ordinal)..].TrimEnd();
        var page = await browser.NewPageAsync();
        var pictures = await page.EvaluateAsync<string[]>(
            $"() => {{ const draw = ({painter})({look}); return Array.from({{ length: {Pictures} }}, (_, i) => draw(i / {Pictures})); }}");
        await page.CloseAsync();

        var camera = new FakeCamera(LabFolders.Temporary("camera.mjpeg"));
        await using var film = System.IO.File.Create(camera.File);
        foreach (var picture in pictures) await film.WriteAsync(Convert.FromBase64String(picture));
        return camera;
    }

    public void Dispose() => System.IO.File.Delete(File);
}
