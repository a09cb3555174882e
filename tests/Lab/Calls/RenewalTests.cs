using Causeway.Blueprint.Services;
using Causeway.Lab.Browsers;
using Microsoft.Playwright;

namespace Causeway.Lab.Calls;

/// <summary>A call that lasts longer than its credentials.</summary>
[Collection(OneMachineTests.Name)]
public class RenewalTests(OneMachine machine)
{
    [Fact]
    public async Task Fresh_iceServers_move_a_relayed_call_to_a_new_allocation_and_it_continues()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var link = machine.Service.Room(OneMachine.NewRoom("renewal"), relayOnly: true);
        await using var ada = await CallPage.OpenAsync(machine.First, machine.Service.Plan.Address.ToString());
        await ada.Page.AddInitScriptAsync(
            """
            window.connections = [];
            window.RTCPeerConnection = class extends RTCPeerConnection {
              constructor(...given) { super(...given); window.connections.push(this); }
            };
            setInterval(async () => {
              const stats = await window.connections[0]?.getStats() ?? new Map();
              const transport = [...stats.values()].find(entry => entry.type === 'transport' && entry.selectedCandidatePairId);
              const local = stats.get(stats.get(transport?.selectedCandidatePairId)?.localCandidateId);
              window.relayedAt = local?.candidateType === 'relay' ? `${local.address}:${local.port}` : null;
            }, 200);
            """);
        IWebSocketRoute? signalling = null;
        await ada.Page.RouteWebSocketAsync("**/ws", route =>
        {
            signalling = route;
            route.ConnectToServer();
        });
        await ada.Page.GotoAsync(link);
        await ada.JoinAsync("Ada");
        await using var grace = await CallPage.JoinAsync(machine.Second, link, "Grace");
        await ada.SeesAsync(10);
        await grace.SeesAsync(10);
        await ada.Page.WaitForFunctionAsync("() => window.relayedAt");
        var before = await ada.Page.EvaluateAsync<string>("() => window.relayedAt");

        // The service pushes this before the credentials expire; here the test chooses the time.
        var expiry = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var servers = IcePlan.ToJson(machine.Service.Plan.IceServers(expiry, "renewed"));
        signalling!.Send($$"""{ "type": "iceServers", "iceServers": {{servers}}, "iceServersExpire": {{expiry}} }""");

        await ada.Page.WaitForFunctionAsync("before => window.relayedAt && window.relayedAt !== before", before);
        Assert.Equal(
            [$"{expiry}:renewed"],
            await ada.Page.EvaluateAsync<string[]>(
                "() => window.connections.flatMap(c => c.getConfiguration().iceServers.map(server => server.username).filter(Boolean))"));
        await ada.SeesAsync(await ada.FramesAsync() + 20);
        await grace.SeesAsync(await grace.FramesAsync() + 20);
        await ada.HasAsync("#tiles .tile[data-connection=connected]");
    }
}
