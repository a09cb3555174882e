using Causeway.Lab.Browsers;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Causeway.Lab.Page;

/// <summary>Every screen against the rules of axe (WCAG 2.2 A and AA, and best practices), dark and light.</summary>
[Collection(OneMachineTests.Name)]
public class AccessibilityTests(OneMachine machine)
{
    [Fact]
    public async Task Axe_finds_nothing_on_any_screen_dark_or_light()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var room = OneMachine.NewRoom("axe");
        await using var page = await CallPage.OpenAsync(machine.First, machine.Service.Plan.Address.ToString());
        var found = new List<string>();
        await LookAsync(page, "start page", found);

        await page.Page.GotoAsync(machine.Service.Room(room, relayOnly: true));
        await page.HasAsync("#preview-frame[data-camera=on]");
        await LookAsync(page, "lobby", found);

        await page.JoinAsync("Ada");
        await LookAsync(page, "call, alone", found);

        await using var other = await CallPage.JoinAsync(machine.Second, machine.Service.Room(room, relayOnly: true), "Grace");
        await page.SeesAsync(1);
        await page.SaysAsync("Hello");
        await other.SaysAsync("Hello yourself");
        await page.ReadsAsync("Hello yourself");
        await other.OffersAsync("notes.txt", [1, 2, 3]);
        await page.HasAsync(".transfer[data-state=offered]");
        await LookAsync(page, "call with chat and an offered file", found);

        await page.Page.ClickAsync(".badge");
        await page.HasAsync(".path-card");
        await LookAsync(page, "path card", found);
        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.ClickAsync("#help-open");
        await LookAsync(page, "help", found);
        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.ClickAsync("#leave");
        await page.HasAsync("#over");
        await LookAsync(page, "after the call", found);
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    // The themes differ in colours alone, so the second one is asked about contrast only.
    private static async Task LookAsync(CallPage page, string screen, List<string> found)
    {
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
