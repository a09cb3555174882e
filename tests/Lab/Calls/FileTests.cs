using System.Security.Cryptography;
using Causeway.Lab.Browsers;

namespace Causeway.Lab.Calls;

/// <summary>Files from browser to browser: accepted, declined, cancelled.</summary>
[Collection(OneMachineTests.Name)]
public class FileTests(OneMachine machine)
{
    [Fact]
    public async Task A_file_is_sent_only_after_it_was_accepted_and_can_be_declined_or_cancelled()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("files"));
        await using var ada = await CallPage.JoinAsync(machine.First, link, "Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await ada.SeesAsync(1);
        await grace.SeesAsync(1);
        await grace.OpensChatAsync();

        await ada.OffersAsync("declined.bin", RandomNumberGenerator.GetBytes(1000));
        await grace.Page.Locator(".transfer[data-state=offered]").Locator("button:text-is('Decline')").ClickAsync();
        await ada.HasAsync(".transfer[data-state=declined]:has-text('Grace declined')");

        await ada.OffersAsync("withdrawn.bin", RandomNumberGenerator.GetBytes(1000));
        await grace.HasAsync(".transfer[data-state=offered]");
        await ada.Page.Locator(".transfer[data-state=waiting]").Locator("button:text-is('Cancel')").ClickAsync();
        await grace.HasAsync(".transfer[data-state=cancelled]:has-text('Cancelled by the other side')");

        await ada.OffersAsync("empty.bin", []);
        var (name, content) = await grace.AcceptsAsync();
        Assert.Equal(("empty.bin", 0), (name, content.Length));
    }
}
