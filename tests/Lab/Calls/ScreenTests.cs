using Causeway.Lab.Browsers;

namespace Causeway.Lab.Calls;

/// <summary>A shared screen among several people, and our own tile beside others.</summary>
[Collection(OneMachineTests.Name)]
public class ScreenTests(OneMachine machine)
{
    // The share of the stage that an element covers.
    private const string Share =
        """
        element => {
          const stage = document.getElementById('stage');
          return element.clientWidth * element.clientHeight / (stage.clientWidth * stage.clientHeight);
        }
        """;

    [Fact]
    public async Task A_shared_screen_is_large_for_everyone_with_the_name_of_its_owner()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("screen"));
        await using var emil = await CallPage.JoinAsync(machine.First, link, "Emil");
        await using var ada = await CallPage.JoinAsync(machine.Second, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await emil.HasAsync("#stage[data-count='2']");

        await emil.Page.ClickAsync("#toggle-screen");
        foreach (var page in new[] { ada, grace })
        {
            await page.HasAsync("#tiles .tile[data-featured=true][data-screen=true][data-video=true] .plate:has-text('Emil')");
            await page.HasAsync("#tiles .tile[data-featured=true] .tile-doing:text-is('sharing the screen')");
            await page.IsToldAsync("Emil is sharing the screen");
            Assert.InRange(await ShareAsync(page, "#tiles .tile[data-featured=true]"), 0.55, 1);
        }

        await emil.HasAsync("#self[data-featured=true][data-screen=true] .plate:has-text('sharing your screen')");
        Assert.InRange(await ShareAsync(emil, "#self"), 0.55, 1);

        await emil.Page.ClickAsync("#toggle-screen");
        await ada.HasAsync("#stage[data-mode=grid]");
        await emil.HasAsync("#stage[data-mode=grid]");
    }

    [Fact]
    public async Task Our_tile_can_be_moved_and_is_in_the_grid_with_more_than_one_other()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("own"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await ada.HasAsync("#stage[data-mode=corner]");
        Assert.Equal((true, true), await CornerAsync(ada));

        await ada.Page.Locator("#move-self").FocusAsync();
        await ada.Page.Keyboard.PressAsync("Enter");
        Assert.Equal((false, true), await CornerAsync(ada));

        var self = (await ada.Page.Locator("#self").BoundingBoxAsync())!;
        await ada.Page.Mouse.MoveAsync(self.X + (self.Width / 2), self.Y + (self.Height / 2));
        await ada.Page.Mouse.DownAsync();
        await ada.Page.Mouse.MoveAsync(1000, 200, new() { Steps = 5 });
        await ada.Page.Mouse.UpAsync();
        Assert.Equal((true, false), await CornerAsync(ada));

        await using var emil = await CallPage.JoinAsync(machine.Second, link, "Emil");
        await ada.HasAsync("#stage[data-mode=grid]");
        self = (await ada.Page.Locator("#self").BoundingBoxAsync())!;
        foreach (var tile in await ada.Other.AllAsync())
        {
            var other = (await tile.BoundingBoxAsync())!;
            Assert.True(
                self.X >= other.X + other.Width || other.X >= self.X + self.Width
                || self.Y >= other.Y + other.Height || other.Y >= self.Y + self.Height);
        }

        await emil.Page.ClickAsync("#leave");
        await ada.HasAsync("#stage[data-mode=corner]");
        Assert.Equal((true, false), await CornerAsync(ada));
    }

    private static Task<double> ShareAsync(CallPage page, string selector) =>
        page.Page.Locator(selector).First.EvaluateAsync<double>(Share);

    // Whether our tile is at the right, and at the bottom.
    private static async Task<(bool Right, bool Bottom)> CornerAsync(CallPage page)
    {
        var stage = (await page.Page.Locator("#stage").BoundingBoxAsync())!;
        var self = (await page.Page.Locator("#self").BoundingBoxAsync())!;
        return (self.X + (self.Width / 2) > stage.X + (stage.Width / 2), self.Y + (self.Height / 2) > stage.Y + (stage.Height / 2));
    }
}
