using Causeway.Lab.Browsers;
using Causeway.Lab.Machine;
using Causeway.Lab.Page;
using Microsoft.Playwright;

namespace Causeway.Lab.Calls;

/// <summary>Two people whose browsers find no path to each other, or lose the only one.</summary>
[Collection(OwnServicesTests.Name)]
public class NoPathTests(OneMachine machine)
{
    [Fact]
    public async Task Without_a_path_the_page_shows_what_was_tried_and_offers_a_retry()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var detoured = await DetouredService.StartAsync();
        detoured.Relay.Break();
        var link = detoured.Service.Room("no-path", relayOnly: true);
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace Hopper");

        await ada.HasAsync("#tiles .tile[data-video=false] .initials:text-is('GH')");
        await ada.Page.ClickAsync(".badge");
        await ada.HasAsync(".path-card dt:text-is('Relay over TCP') + dd");
        await ada.HasAsync(".path-card dt:text-is('Direct') + dd:text-is('skipped: relay only')");
        await ada.Page.Keyboard.PressAsync("Escape");
        await ada.SaysAsync("Hello?");
        await ada.HasAsync(".message-state:text-is('Waiting for the connection to Grace Hopper')");

        foreach (var page in new[] { ada, grace })
        {
            await page.HasAsync(".tile-trouble .likely:has-text('Can’t reach a relay over TCP')");
            await page.HasAsync(".tile-trouble .remedy:has-text('Try another network')");
            await page.HasAsync(".tile-trouble .tried:text-is('Tried: relay over TCP')");
            await page.HasAsync(".badge:has-text('Not connected')");
        }

        var found = new List<string>();
        await Axe.LookAsync(ada, "no path", found);
        Assert.Empty(found);

        detoured.Relay.Repair();
        await ada.Page.ClickAsync(".retry");
        await ada.Page.Locator(".tile-trouble").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await ada.TakesAsync("relay-tcp");
        await ada.SeesAsync(5);
        await ada.HasAsync("#tiles .tile[data-video=true]");
        await grace.ReadsAsync("Hello?");
        await ada.HasAsync(".message-state:text-is('Delivered')");
    }

    [Fact]
    public async Task A_message_to_someone_who_left_before_there_was_a_path_is_shown_as_not_delivered()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var detoured = await DetouredService.StartAsync();
        detoured.Relay.Break();
        var link = detoured.Service.Room("no-message", relayOnly: true);
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await ada.SaysAsync("Is anyone here?");
        await ada.HasAsync(".message-state:text-is('Not sent: no one else is here')");

        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await ada.HasAsync("#stage[data-count='1']");
        await ada.SaysAsync("Hello?");
        await ada.HasAsync(".message-state:text-is('Waiting for the connection to Grace')");
        await grace.Page.ClickAsync("#leave");
        await ada.HasAsync(".message[data-state=failed] .message-state:text-is('Not delivered to Grace')");
    }

    [Fact]
    public async Task When_server_and_relay_are_both_lost_the_page_does_not_claim_that_the_call_continues()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var detoured = await DetouredService.StartAsync();
        await using var signalling = new BreakableLink(detoured.Service.Plan.Address);
        var room = OneMachine.NewRoom("both-gone");
        await using var ada = await CallPage.JoinAsync(machine.First, new Uri(signalling.Address, $"r/{room}?relay").ToString(), "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, detoured.Service.Room(room, relayOnly: true), "Grace");
        await ada.SeesAsync(10);
        await ada.Page.EvaluateAsync(
            """
            () => {
              window.banners = [];
              new MutationObserver(() => window.banners.push(document.getElementById('banner-text').textContent))
                .observe(document.getElementById('banner-text'), { childList: true });
            }
            """);

        detoured.Relay.Break();
        signalling.Break();
        await ada.HasAsync("#banner:has-text('Lost the connection to the server and to the others')");
        var banners = await ada.Page.EvaluateAsync<string[]>("() => window.banners");
        Assert.DoesNotContain(banners, text => text.Contains("call continues", StringComparison.Ordinal));
        await ada.HasAsync("#tiles .tile:not([data-stuck=true]) .tile-note:has-text('Waiting for the network')");
        await ada.HasAsync("#tiles .badge:has-text('Reconnecting')");

        detoured.Relay.Repair();
        signalling.Repair();
        await ada.Page.Locator("#banner").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await ada.HasAsync("#tiles .tile[data-connection=connected]:is([data-quality=good], [data-quality=fair], [data-quality=poor])");
    }
}
