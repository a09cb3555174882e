using Causeway.Lab.Browsers;

namespace Causeway.Lab.Calls;

/// <summary>Microphone, camera and screen, as the other person sees them.</summary>
[Collection(OneMachineTests.Name)]
public class DeviceTests(OneMachine machine)
{
    [Fact]
    public async Task The_other_side_sees_microphone_camera_and_screen_turned_on_and_off()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("switches"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await grace.SeesAsync(10);
        await grace.TakesAsync("direct");

        await ada.Page.ClickAsync("#toggle-microphone");
        await grace.HasAsync("#tiles .tile[data-microphone=false]");
        await ada.Page.ClickAsync("#toggle-camera");
        await grace.HasAsync("#tiles .tile[data-camera=false][data-video=false]");
        Assert.True(await grace.Page.Locator("#tiles .initials").IsVisibleAsync());

        await ada.Page.ClickAsync("#toggle-screen");
        await grace.HasAsync("#tiles .tile[data-screen=true][data-video=true]");
        await grace.SeesAsync(await grace.FramesAsync() + 5);

        await ada.Page.ClickAsync("#toggle-screen");
        await grace.HasAsync("#tiles .tile[data-screen=false][data-video=false]");
        await ada.Page.ClickAsync("#toggle-camera");
        await ada.Page.ClickAsync("#toggle-microphone");
        await grace.HasAsync("#tiles .tile[data-microphone=true][data-camera=true][data-video=true]");
        await grace.SeesAsync(await grace.FramesAsync() + 20);
    }

    [Fact]
    public async Task Without_camera_and_microphone_a_person_sees_and_writes_and_learns_why()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("bare"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var asking = await Chromium.LaunchFullAsync(machine.Playwright);
        await using var grace = await CallPage.OpenAsync(asking, link, devices: false);

        await grace.HasAsync("#device-trouble p:has-text('Allow it in the address bar')");
        await grace.JoinAsync("Grace");
        await grace.SeesAsync(20);
        await ada.HasAsync("#tiles .tile[data-connection=connected][data-microphone=false][data-camera=false]");
        await grace.SaysAsync("I only have a keyboard.");
        await ada.ReadsAsync("I only have a keyboard.");
    }

    [Fact]
    public async Task A_camera_that_is_allowed_after_joining_reaches_the_others_without_a_new_call()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("later"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var asking = await Chromium.LaunchFullAsync(machine.Playwright);
        await using var grace = await CallPage.JoinAsync(asking, link, "Grace", devices: false);
        await ada.HasAsync("#tiles .tile[data-connection=connected][data-video=false]");

        await grace.Page.Context.GrantPermissionsAsync(["camera"]);
        await grace.Page.ClickAsync("#toggle-camera");

        await ada.HasAsync("#tiles .tile[data-video=true]");
        await ada.SeesAsync(20);
    }
}
