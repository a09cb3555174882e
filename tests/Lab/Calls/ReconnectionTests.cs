using Causeway.Lab.Browsers;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Calls;

/// <summary>A page that is reloaded, and a signalling connection that breaks, during a call.</summary>
[Collection(OneMachineTests.Name)]
public class ReconnectionTests(OneMachine machine)
{
    [Fact]
    public async Task A_page_that_is_reloaded_is_back_in_the_call()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("reload"), relayOnly: true);
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await ada.SeesAsync(10);
        var before = await ada.Other.GetAttributeAsync("data-member");

        await grace.Page.ReloadAsync();
        await grace.JoinAsync("Grace");

        await ada.HasAsync($"#tiles .tile:not([data-member=\"{before}\"])");
        await ada.HasAsync("#stage[data-count='1']");
        await ada.SeesAsync(20);
        await grace.SeesAsync(20);
        Assert.Equal(1, await ada.Other.CountAsync());
    }

    [Fact]
    public async Task A_call_continues_without_signalling_and_can_be_renegotiated_after()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var room = OneMachine.NewRoom("broken");
        await using var link = new BreakableLink(machine.Service.Plan.Address);
        await using var ada = await CallPage.JoinAsync(machine.First, new Uri(link.Address, $"r/{room}?relay").ToString(), "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, machine.Service.Room(room, relayOnly: true), "Grace");
        await ada.SeesAsync(10);

        link.Break();
        await ada.HasAsync("#banner:has-text('Your call continues')");
        var frames = await ada.FramesAsync();
        await ada.SeesAsync(frames + 20);
        await ada.SaysAsync("Can you still hear me?");
        await grace.ReadsAsync("Can you still hear me?");

        // Shown for two seconds only, so the page watches for it from before.
        var again = ada.Page.WaitForFunctionAsync("() => document.querySelector('#banner').textContent.includes('Reconnected')");
        link.Repair();
        await again;
        await ada.Page.Locator("#banner").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });
        await ada.HasAsync("#tiles .tile[data-connection=connected]");
        Assert.Equal(1, await grace.Other.CountAsync());
    }

    [Fact]
    public async Task No_signal_is_lost_or_doubled_while_the_socket_breaks_again_and_again()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var link = new BreakableLink(machine.Service.Plan.Address);
        await using var page = await CallPage.OpenAsync(machine.First, link.Address.ToString());

        // Two sessions of the page's own module, over the link that breaks below; each numbers what it sends.
        await page.Page.EvaluateAsync(
            """
            async room => {
              const { Signalling } = await import('/js/signalling/signalling.js');
              const url = Object.assign(new URL('/ws', location.href), { protocol: 'ws:' }).href;
              const seen = window.seen = [[], []];
              window.resumed = 0;
              const sides = [0, 1].map(side => {
                const signalling = new Signalling({ url, room, name: `side ${side}` });
                signalling.on('signal', ({ payload }) => seen[side].push(payload.number));
                signalling.on('state', ({ state, resumed }) => { if (state === 'open' && resumed) window.resumed++; });
                return signalling;
              });
              const met = Promise.all(sides.map(side => new Promise(resolve => {
                side.on('joined', ({ member }) => resolve(member));
                side.on('welcome', ({ members }) => members[0] && resolve(members[0].member));
              })));
              const welcomed = new Promise(resolve => sides[0].on('welcome', resolve));
              // Fails instead of hanging.
              const patience = new Promise((_, reject) =>
                setTimeout(() => reject(new Error('the two sides did not meet within a minute')), 60_000));
              sides[0].open();
              await Promise.race([welcomed, patience]);
              sides[1].open();
              const others = await Promise.race([met, patience]);
              for (let number = 1; number <= 120; number++) {
                sides.forEach((side, index) => setTimeout(() => side.send(others[index], { number }), number * 50));
              }
            }
            """, OneMachine.NewRoom("numbers"));

        for (var breaks = 1; breaks <= 3; breaks++)
        {
            await page.Page.WaitForFunctionAsync("many => window.seen[0].length >= many", breaks * 25);
            var resumed = await page.Page.EvaluateAsync<int>("() => window.resumed");
            link.Break();
            link.Repair();
            await page.Page.WaitForFunctionAsync("before => window.resumed > before", resumed);
        }

        await page.Page.WaitForFunctionAsync("() => window.seen.every(numbers => numbers.length >= 120)");
        var seen = await page.Page.EvaluateAsync<int[][]>("() => window.seen");
        Assert.All(seen, numbers => Assert.Equal(Enumerable.Range(1, 120), numbers));
    }
}
