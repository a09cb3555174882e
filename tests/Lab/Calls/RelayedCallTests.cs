using System.Globalization;
using System.Security.Cryptography;
using Causeway.Lab.Browsers;
using Causeway.Lab.Machine;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Calls;

/// <summary>A call on one machine whose media goes through our relay.</summary>
public class RelayedCallTests
{
    private const int FileSize = 5_000_000;

    [Fact]
    public async Task Two_browsers_call_each_other_through_our_relay()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        using var playwright = await Playwright.CreateAsync();
        await using var service = await LocalService.StartAsync();
        var (sea, study) = await DrawCamerasAsync(playwright);
        using var seaFilm = sea;
        using var studyFilm = study;
        await using var oneBrowser = await Chromium.LaunchAsync(playwright, sea.Argument);
        await using var otherBrowser = await Chromium.LaunchAsync(playwright, study.Argument);

        var link = service.Room("quiet-harbour-k7m2xq", relayOnly: true);
        await using var ada = await CallPage.JoinAsync(oneBrowser, link, "Ada", sharp: true);
        await using var emil = await CallPage.JoinAsync(otherBrowser, link, "Emil", theme: ColorScheme.Light, sharp: true);

        await ada.SeesAsync(100);
        await emil.SeesAsync(100);
        Assert.StartsWith("relay-", await ada.PathAsync(), StringComparison.Ordinal);
        Assert.StartsWith("relay-", await emil.PathAsync(), StringComparison.Ordinal);
        await ShowsRelaysAsync(ada);
        await ShowsRelaysAsync(emil);

        await ada.SaysAsync("Good morning, Emil! Do you see the sea behind me?");
        await emil.ReadsAsync("Good morning, Emil! Do you see the sea behind me?");
        await emil.SaysAsync("Very clearly. Here are the measurements.");
        await ada.ReadsAsync("Very clearly. Here are the measurements.");

        var file = RandomNumberGenerator.GetBytes(FileSize);
        await emil.OffersAsync("measurements.csv", file);
        var (name, received) = await ada.AcceptsAsync();
        Assert.Equal("measurements.csv", name);
        Assert.Equal(SHA256.HashData(file), SHA256.HashData(received));
        await emil.HasAsync(".transfer[data-state=done]");
        var shown = await emil.Page.Locator(".transfer").GetAttributeAsync("data-sha256");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), shown);

        await ada.HasAsync(".transfer[data-state=done]");
        await ada.PictureAsync(LabFolders.Result("call-dark.png"));
        await emil.PictureAsync(LabFolders.Result("call-light.png"));

        // From Emil to his allocation, within the relay's process to Ada's, and on to Ada.
        foreach (var direction in new[] { "from_clients", "in_process", "to_clients" })
        {
            var relayed = await RelayedBytesAsync(service, direction);
            Assert.True(relayed > FileSize, $"the relay counts {relayed} bytes {direction}, less than the file of {FileSize} bytes");
        }
    }

    private static async Task<(FakeCamera Sea, FakeCamera Study)> DrawCamerasAsync(IPlaywright playwright)
    {
        await using var painter = await Chromium.LaunchAsync(playwright);
        return (await FakeCamera.DrawAsync(painter, FakeCamera.AtTheSea), await FakeCamera.DrawAsync(painter, FakeCamera.InTheStudy));
    }

    // Local and remote candidate in the path card. The remote one may first be peer-reflexive.
    private static async Task ShowsRelaysAsync(CallPage page)
    {
        await page.Page.ClickAsync(".badge");
        foreach (var end in new[] { "Local end", "Remote end" })
            await page.HasAsync($".path-card dt:text-is('{end}') + dd:has-text('relay')");
        await page.Page.Keyboard.PressAsync("Escape");
    }

    private static async Task<long> RelayedBytesAsync(LocalService service, string direction)
    {
        var name = $"causeway_relay_bytes_total{{direction=\"{direction}\"}} ";
        var line = (await service.MetricsAsync()).Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..], CultureInfo.InvariantCulture);
    }
}
