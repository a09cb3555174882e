using Causeway.Lab.Browsers;

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
        await Axe.LookAsync(page, "start page", found);

        await page.Page.GotoAsync(machine.Service.Room(room, relayOnly: true));
        await page.HasAsync("#preview-frame[data-camera=on]");
        await Axe.LookAsync(page, "lobby", found);

        await page.JoinAsync("Ada");
        await Axe.LookAsync(page, "call, alone", found);

        await using var other = await CallPage.JoinAsync(machine.Second, machine.Service.Room(room, relayOnly: true), "Grace");
        await page.SeesAsync(1);
        await page.SaysAsync("Hello");
        await other.SaysAsync("Hello yourself");
        await page.ReadsAsync("Hello yourself");
        await other.OffersAsync("notes.txt", [1, 2, 3]);
        await page.HasAsync(".transfer[data-state=offered]");
        await Axe.LookAsync(page, "call with chat and an offered file", found);

        await page.Page.ClickAsync(".badge");
        await page.HasAsync(".path-card");
        await Axe.LookAsync(page, "path card", found);
        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.ClickAsync("#help-open");
        await Axe.LookAsync(page, "help", found);
        await page.Page.Keyboard.PressAsync("Escape");

        await page.Page.ClickAsync("#leave");
        await page.HasAsync("#over");
        await Axe.LookAsync(page, "after the call", found);
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }
}
