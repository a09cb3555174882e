using Causeway.Lab.Browsers;
using Microsoft.Playwright;

namespace Causeway.Lab.Calls;

/// <summary>Notices: events of the call are shown without interrupting anything.</summary>
[Collection(OneMachineTests.Name)]
public class NoticeTests(OneMachine machine)
{
    [Fact]
    public async Task Joining_leaving_and_messages_are_announced_while_the_chat_is_closed()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("notices"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await ada.HasAsync("#alone-title:text-is('No one else is here yet')");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await ada.IsToldAsync("Grace joined");
        await grace.IsToldAsync("Ada is here");

        await grace.SaysAsync("Good morning");
        await ada.IsToldAsync("Good morning");
        await ada.HasAsync("#unread:text-is('1')");
        await ada.OpensChatAsync();
        await ada.HasAsync("#chat .message-text:text-is('Good morning')");
        await ada.Page.ClickAsync("#close-chat");

        await grace.Page.ClickAsync("#leave");
        await ada.IsToldAsync("Grace left. Everyone has left");
        await ada.HasAsync("#alone-title:text-is('Everyone has left')");
    }

    [Fact]
    public async Task An_offered_file_is_announced_and_moves_no_focus()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("offer"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await grace.SeesAsync(1);
        await ada.Page.Locator("#toggle-camera").FocusAsync();

        await grace.OffersAsync("notes.txt", [1, 2, 3]);
        await ada.HasAsync(".notice:has-text('Grace offers a file: notes.txt (3 bytes)')");
        Assert.False(await ada.Page.Locator("#chat").IsVisibleAsync());
        Assert.Equal("toggle-camera", await FocusAsync(ada));
        Assert.Equal("Chat, 1 unread", await ada.Page.GetAttributeAsync("#toggle-chat", "aria-label"));

        await ada.Page.ClickAsync(".notice button:text-is('Show')");
        await ada.HasAsync("#chat .transfer[data-state=offered]");
        Assert.Equal("Accept", await ada.Page.EvaluateAsync<string>("() => document.activeElement.textContent"));

        // The pressed button disappears; the focus stays in the file’s card.
        await ada.Page.Keyboard.PressAsync("Enter");
        await ada.HasAsync(".transfer[data-state=done]");
        Assert.True(await ada.Page.EvaluateAsync<bool>("() => document.activeElement.closest('.transfer') !== null"));
        await ada.Page.ClickAsync("#close-chat");

        // The notice of a withdrawn offer disappears.
        await grace.OffersAsync("withdrawn.txt", [1]);
        await ada.HasAsync(".notice:has-text('withdrawn.txt')");
        await grace.Page.Locator(".transfer[data-state=waiting] button:text-is('Cancel')").ClickAsync();
        await ada.Page.Locator(".notice:has-text('withdrawn.txt')").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    private static Task<string> FocusAsync(CallPage page) => page.Page.EvaluateAsync<string>("() => document.activeElement.id");
}
