using Causeway.Lab.Browsers;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Causeway.Lab.Page;

/// <summary>Every screen against the rules of axe (WCAG 2.2 A and AA, and best practices), dark and light.</summary>
[Collection(OneMachineTests.Name)]
public class AccessibilityTests(OneMachine machine)
{
    [Theory]
    [InlineData(ColorScheme.Dark)]
    [InlineData(ColorScheme.Light)]
    public async Task Axe_finds_nothing_on_any_screen(ColorScheme theme)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var room = OneMachine.NewRoom("axe");
        await using var page = await CallPage.OpenAsync(machine.First, machine.Service.Plan.Address.ToString(), theme: theme);
        await FindsNothingAsync(page, "start page");

        await page.Page.GotoAsync(machine.Service.Room(room, relayOnly: true));
        await page.HasAsync("#preview-frame[data-camera=on]");
        await FindsNothingAsync(page, "lobby");

        await page.JoinAsync("Ada");
        await FindsNothingAsync(page, "call, alone");

        await using var other = await CallPage.JoinAsync(machine.Second, machine.Service.Room(room, relayOnly: true), "Grace");
        await page.SeesAsync(1);
        await page.SaysAsync("Hello");
        await other.SaysAsync("Hello yourself");
        await page.ReadsAsync("Hello yourself");
        await other.OffersAsync("notes.txt", [1, 2, 3]);
        await page.HasAsync(".transfer[data-state=offered]");
        await FindsNothingAsync(page, "call with chat and an offered file");

        await page.Page.ClickAsync(".badge");
        await page.HasAsync(".path-card");
        await FindsNothingAsync(page, "path card");
        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.ClickAsync("#help-open");
        await FindsNothingAsync(page, "help");
        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.ClickAsync("#leave");
        await page.HasAsync("#over");
        await FindsNothingAsync(page, "after the call");
    }

    private static async Task FindsNothingAsync(CallPage page, string screen)
    {
        var result = await page.Page.RunAxe();
        Assert.True(result.Violations.Length == 0, $"{screen}:{Environment.NewLine}{string.Join(Environment.NewLine, result.Violations.Select(Describe))}");
    }

    private static string Describe(AxeResultItem item) =>
        $"{item.Id} ({item.Impact}): {item.Help}: {string.Join("; ", item.Nodes.Take(5).Select(node => node.Html))}";
}
