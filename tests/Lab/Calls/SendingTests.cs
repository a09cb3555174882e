using Causeway.Lab.Browsers;

namespace Causeway.Lab.Calls;

/// <summary>How much video is sent to each of several people.</summary>
[Collection(OneMachineTests.Name)]
public class SendingTests(OneMachine machine)
{
    private const string Watch =
        """
        window.connections = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(...given) { super(...given); window.connections.push(this); }
        };
        // Of each video that is sent: the maximum of bits per second, and the divisor of its sides.
        window.sent = () => window.connections.filter(connection => connection.connectionState === 'connected')
          .flatMap(connection => connection.getSenders()).filter(sender => sender.track?.kind === 'video')
          .map(sender => sender.getParameters().encodings[0])
          .map(({ maxBitrate = Infinity, scaleResolutionDownBy: scale = 1 }) => ({ rate: maxBitrate, scale }));
        """;

    [Fact]
    public async Task Resolution_and_rate_follow_the_tiles_and_the_number_of_people()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var browser = await Chromium.LaunchAsync(machine.Playwright, FakeCamera.HighDefinition);
        var link = machine.Service.Room(OneMachine.NewRoom("sending"));
        await using var ada = await CallPage.JoinAsync(browser, link, "Ada", script: Watch, sharp: true);
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace", sharp: true);
        await SendsAsync(ada, "sent.length === 1 && sent.every(({ rate, scale }) => rate > 2e6 && scale === 1)");

        await using var emil = await CallPage.JoinAsync(machine.Second, link, "Emil", sharp: true);
        await using var flo = await CallPage.JoinAsync(machine.First, link, "Florence", sharp: true);
        await SendsAsync(ada, "sent.length === 3 && sent.every(({ rate, scale }) => rate < 7e5 && scale === 2)");

        // A member shown full screen gets the full resolution; the others stay small.
        await grace.Page.Locator("#tiles .tile[aria-label=Ada] .expand").ClickAsync();
        await SendsAsync(ada, "sent.map(({ scale }) => scale).sort().join() === '1,2,2'");

        await emil.Page.ClickAsync("#leave");
        await flo.Page.ClickAsync("#leave");
        await SendsAsync(ada, "sent.length === 1 && sent[0].scale === 1");
    }

    private static async Task SendsAsync(CallPage page, string condition) =>
        await page.Page.WaitForFunctionAsync($"() => {{ const sent = window.sent(); return {condition}; }}");
}
