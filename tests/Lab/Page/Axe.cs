using Causeway.Lab.Browsers;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Causeway.Lab.Page;

/// <summary>What axe finds on a page: WCAG 2.2 A and AA, and best practices.</summary>
internal static class Axe
{
    /// <summary>Adds what it finds on the page as it is now, in the dark theme and in the light one.</summary>
    public static async Task LookAsync(CallPage page, string screen, List<string> found)
    {
        // The themes differ in colours alone, so the second one is asked about contrast only.
        await page.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var dark = await page.Page.RunAxe();
        await page.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        var light = await page.Page.RunAxe(new AxeRunOptions { RunOnly = RunOnlyOptions.Rules("color-contrast") });
        found.AddRange(dark.Violations.Select(item => $"{screen}, dark: {Describe(item)}"));
        found.AddRange(light.Violations.Select(item => $"{screen}, light: {Describe(item)}"));
    }

    private static string Describe(AxeResultItem item) =>
        $"{item.Id} ({item.Impact}): {item.Help}: {string.Join("; ", item.Nodes.Take(5).Select(node => node.Html))}";
}
