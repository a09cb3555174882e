using Causeway.Lab.Browsers;

namespace Causeway.Lab.Calls;

/// <summary>A room with more than two people: everyone is connected to everyone else.</summary>
[Collection(OneMachineTests.Name)]
public class SeveralPeopleTests(OneMachine machine)
{
    [Fact]
    public async Task Three_people_see_and_read_each_other_until_one_leaves()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("three"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var emil = await CallPage.JoinAsync(machine.Second, link, "Emil");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");

        foreach (var page in new[] { ada, emil, grace })
            await page.Page.WaitForFunctionAsync(
                "() => [...document.querySelectorAll('#tiles .tile')].filter(tile => tile.dataset.frames >= 5).length === 2");
        Assert.Equal(["Ada", "Emil"], (await grace.Page.Locator("#tiles .tile-name").AllTextContentsAsync()).Order());

        await grace.SaysAsync("Good morning, both of you");
        await ada.ReadsAsync("Good morning, both of you");
        await emil.ReadsAsync("Good morning, both of you");
        await grace.HasAsync(".message-state:text-is('Delivered')");

        await grace.Page.ClickAsync("#leave");
        await ada.HasAsync("#stage[data-count='1']");
        await emil.HasAsync("#stage[data-count='1']");
        Assert.Equal("Emil", await ada.Page.Locator("#tiles .tile-name").TextContentAsync());
    }
}
