using Causeway.Lab.Browsers;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Calls;

/// <summary>A call whose relay is replaced while it lasts.</summary>
[Collection(OwnServicesTests.Name)]
public class RelayReplacementTests(OneMachine machine)
{
    // The server of the path in use, and every state of the connection.
    private const string Watch =
        """
        window.states = [];
        const connections = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(...given) {
            super(...given);
            connections.push(this);
            this.addEventListener('connectionstatechange', () => window.states.push(this.connectionState));
          }
        };
        setInterval(async () => {
          const stats = await connections.at(-1)?.getStats() ?? new Map();
          const transport = [...stats.values()].find(entry => entry.type === 'transport' && entry.selectedCandidatePairId);
          window.relay = stats.get(stats.get(transport?.selectedCandidatePairId)?.localCandidateId)?.url;
        }, 200);
        """;

    [Fact]
    public async Task When_a_relay_stops_its_calls_move_to_another_one_first()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var fleet = await LocalFleet.StartAsync();
        var old = await fleet.AddAsync("old");
        var link = fleet.Service.Room(OneMachine.NewRoom("replaced"), relayOnly: true);
        await using var ada = await JoinAsync(machine.First, link, "Ada", fleet);
        await using var grace = await JoinAsync(machine.Second, link, "Grace", fleet);
        CallPage[] people = [ada, grace];
        foreach (var person in people)
        {
            await person.SeesAsync(10);
            await person.Page.WaitForFunctionAsync("url => window.relay === url", old.Url);
        }
        Assert.True((await fleet.UseOfAsync(old))?.Addresses >= people.Length);

        var fresh = await fleet.AddAsync("fresh");
        old.Ask();

        foreach (var person in people) await person.Page.WaitForFunctionAsync("url => window.relay === url", fresh.Url);
        // Browsers keep addresses of the old one and check paths through it; an update sees that no call uses it.
        Assert.Contains("carries no calls", await fleet.WaitAsUpdatesDoAsync(old), StringComparison.Ordinal);
        Assert.False(old.HasCutOff, "the old relay's deadline passed before everyone had left it");
        await old.KillAsync();
        foreach (var person in people)
        {
            await person.SeesAsync(await person.FramesAsync() + 20);
            // Never lost: the old path carried the media until the new one was ready.
            Assert.Empty((await person.Page.EvaluateAsync<string[]>("() => window.states")).Intersect(["failed", "closed"]));
            Assert.Equal("connected", await person.Page.EvaluateAsync<string>("() => window.states.at(-1)"));
        }
    }

    private static async Task<CallPage> JoinAsync(Microsoft.Playwright.IBrowser browser, string link, string name, LocalFleet fleet)
    {
        var page = await CallPage.OpenAsync(browser, fleet.Service.Plan.Address.ToString());
        await page.Page.AddInitScriptAsync(Watch);
        await page.Page.GotoAsync(link);
        await page.JoinAsync(name);
        return page;
    }
}
