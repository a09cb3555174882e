using Causeway.Lab.Browsers;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Page;

/// <summary>The page around the call: rooms that cannot be entered, and the keyboard.</summary>
[Collection(OneMachineTests.Name)]
public class PageTests(OneMachine machine)
{
    [Fact]
    public async Task An_invalid_room_name_is_explained_and_a_valid_one_suggested()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var address = new Uri(machine.Service.Plan.Address, "r/caf%C3%A9%20<i>talk");
        await using var page = await CallPage.OpenAsync(machine.First, address.ToString());

        await page.HasAsync("#over-text:has-text('“café <i>talk” isn’t a valid room name')");
        await page.Page.ClickAsync("#over-again");

        await page.HasAsync("#lobby-room:text-is('café-i-talk')");
    }

    [Fact]
    public async Task The_start_page_suggests_a_room_and_corrects_a_typed_name()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var page = await CallPage.OpenAsync(machine.First, machine.Service.Plan.Address.ToString());
        Assert.Matches("^[a-z]+-[a-z]+-[a-z0-9]{6}$", await page.Page.InputValueAsync("#start-room"));

        await page.Page.FillAsync("#start-room", "our room!");
        await page.Page.ClickAsync("#start-open");
        await page.HasAsync("#start-trouble:has-text('Did you mean “our-room”?')");
        await page.Page.ClickAsync("#start-open");

        await page.HasAsync("#lobby-room:text-is('our-room')");
    }

    [Fact]
    public async Task Links_of_a_page_opened_with_relay_keep_the_option()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("invite"), relayOnly: true);
        await using var page = await CallPage.JoinAsync(machine.First, link, "Ada");
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);

        Assert.Equal(link, await page.Page.InputValueAsync("#invite-link"));
        foreach (var button in new[] { "#copy-link", "#invite-copy" })
        {
            await page.Page.EvaluateAsync("() => navigator.clipboard.writeText('')");
            await page.Page.ClickAsync(button);
            await page.Page.WaitForFunctionAsync("async link => await navigator.clipboard.readText() === link", link);
        }

        await page.HasAsync("#invite-relay:has-text('all media through a relay')");
        await page.Page.ClickAsync("#home");
        await page.HasAsync("#start");
        await page.Page.ClickAsync("#start-copy");
        await page.Page.WaitForFunctionAsync("async () => (await navigator.clipboard.readText()).endsWith('?relay')");
    }

    [Fact]
    public async Task Joining_offline_is_explained_and_succeeds_when_the_network_is_back()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var page = await CallPage.OpenAsync(machine.First, machine.Service.Room(OneMachine.NewRoom("offline")));
        await page.Page.FillAsync("#name", "Ada");
        await page.Page.Context.SetOfflineAsync(true);
        await page.Page.ClickAsync("#join");
        await page.HasAsync("#join-trouble:has-text('This device is offline')");
        await page.Page.Context.SetOfflineAsync(false);
        await page.HasAsync("#call");
    }

    [Fact]
    public async Task A_full_room_is_explained_in_the_lobby_where_one_can_try_again()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var small = await LocalService.StartAsync("--signalling:limits:roomMembers", "2");
        var link = small.Room("narrow");
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var barbara = await CallPage.JoinAsync(machine.First, link, "Barbara");
        await using var grace = await CallPage.OpenAsync(machine.Second, link);

        await grace.Page.FillAsync("#name", "Grace");
        await grace.Page.ClickAsync("#join");
        await grace.HasAsync("#join-trouble:not(:empty)");
        Assert.Contains("room", await grace.Page.TextContentAsync("#join-trouble"), StringComparison.Ordinal);

        await ada.Page.ClickAsync("#leave");
        // The room has processed it when the others hear of it.
        await barbara.HasAsync("#stage[data-count='0']");
        await grace.Page.ClickAsync("#join");
        await grace.HasAsync("#call");
    }

    [Fact]
    public async Task A_refused_connection_is_explained_in_the_lobby_and_retried_only_where_that_helps()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using (var strict = await LocalService.StartAsync("--signalling:origins:0", "https://call.example.org"))
        {
            await using var page = await CallPage.OpenAsync(machine.Second, strict.Room("strict"));
            await page.Page.ClickAsync("#join");
            await page.HasAsync("#join-trouble:has-text('signalling.origins')");
            await page.HasAsync("#join:enabled");
        }

        await using var narrow = await LocalService.StartAsync("--signalling:limits:connectionsPerAddress", "1");
        await using var ada = await CallPage.JoinAsync(machine.First, narrow.Room("narrow"), "Ada");
        await using var grace = await CallPage.OpenAsync(machine.Second, narrow.Room("narrow"));
        await grace.Page.ClickAsync("#join");
        await grace.HasAsync("#join-trouble:has-text('Too many connections from your network')");

        await ada.Page.ClickAsync("#leave");
        await grace.HasAsync("#call");
    }

    [Fact]
    public async Task A_call_can_be_made_and_left_with_the_keyboard_alone()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var page = await CallPage.OpenAsync(machine.First, machine.Service.Plan.Address.ToString());
        var keys = page.Page.Keyboard;

        await TabToAsync(page, "start-open");
        await keys.PressAsync("Enter");
        await page.HasAsync("#lobby");
        await page.Page.WaitForFunctionAsync("() => document.activeElement.id === 'name'");
        await keys.TypeAsync("Ada");
        await TabToAsync(page, "join");
        await keys.PressAsync("Enter");
        await page.HasAsync("#call");

        await keys.PressAsync("m");
        await page.HasAsync("#toggle-microphone[aria-pressed=false]");
        await keys.PressAsync("v");
        await page.HasAsync("#toggle-camera[aria-pressed=false]");
        await keys.PressAsync("?");
        await page.HasAsync("#help[open]");
        await keys.PressAsync("Escape");
        await page.Page.Locator("#help").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });

        await keys.PressAsync("c");
        await keys.TypeAsync("mmm: letters typed are no shortcuts");
        await keys.PressAsync("Enter");
        await page.HasAsync(".message[data-own=true]:has-text('letters typed are no shortcuts')");
        await page.HasAsync("#toggle-microphone[aria-pressed=false]");
        await keys.PressAsync("Escape");
        await page.Page.WaitForFunctionAsync("() => document.activeElement.id === 'toggle-chat'");

        await TabToAsync(page, "leave");
        await keys.PressAsync("Enter");
        await page.HasAsync("#over-title:text-is('You left the call')");
        await TabToAsync(page, "over-again");
        await keys.PressAsync("Enter");
        await page.HasAsync("#lobby");
    }

    // Every element on the way must show its focus.
    private static async Task TabToAsync(CallPage page, string id)
    {
        for (var stops = 0; stops < 30; stops++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            var (focused, ring) = await FocusAsync(page);
            Assert.True(ring, $"the focus on #{focused} is not visible");
            if (focused == id) return;
        }

        Assert.Fail($"the Tab key never reaches #{id}");
    }

    private static async Task<(string Focused, bool Ring)> FocusAsync(CallPage page)
    {
        var focus = await page.Page.EvaluateAsync<string[]>(
            """
            () => {
              const element = document.activeElement, style = getComputedStyle(element);
              const isVisible = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
              return [element.id || element.tagName, String(element === document.body || isVisible)];
            }
            """);
        return (focus[0], focus[1] == "true");
    }
}
