using System.Globalization;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Services;
using Causeway.Lab.Browsers;
using Microsoft.Playwright;

namespace Causeway.Lab.Calls;

/// <summary>A room as full as it may be, each member relayed to all others.</summary>
[Collection(OneMachineTests.Name)]
public partial class FullRoomTests(OneMachine machine)
{
    /// <summary>Eight pages at once, without cameras; takes minutes, so that it runs by name only.</summary>
    [Fact(Explicit = true)]
    public async Task Eight_people_are_relayed_to_each_other_and_renewed_and_no_allocation_is_refused()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var members = machine.Service.Plan.Signalling.Limits.RoomMembers;
        var link = machine.Service.Room(OneMachine.NewRoom("full"), relayOnly: true);
        var pages = new List<CallPage>();
        try
        {
            var ada = await CallPage.OpenAsync(machine.Second, machine.Service.Plan.Address.ToString(), devices: false);
            pages.Add(ada);
            await ada.Page.AddInitScriptAsync(
                """
                window.connections = [];
                window.RTCPeerConnection = class extends RTCPeerConnection {
                  constructor(...given) { super(...given); window.connections.push(this); }
                };
                window.relayed = async () => {
                  const at = [];
                  for (const connection of window.connections) {
                    const stats = await connection.getStats();
                    const transport = [...stats.values()].find(entry => entry.type === 'transport' && entry.selectedCandidatePairId);
                    const local = stats.get(stats.get(transport?.selectedCandidatePairId)?.localCandidateId);
                    if (local?.candidateType === 'relay' && connection.connectionState === 'connected') at.push(`${local.address}:${local.port}`);
                  }
                  return at;
                };
                """);
            IWebSocketRoute? signalling = null;
            await ada.Page.RouteWebSocketAsync("**/ws", route =>
            {
                signalling = route;
                route.ConnectToServer();
            });
            await ada.Page.GotoAsync(link);
            await ada.JoinAsync("Ada");
            while (pages.Count < members) pages.Add(await CallPage.JoinAsync(machine.Second, link, $"Guest {pages.Count}", devices: false));

            // Relayed to all others, by one subject.
            await ada.Page.WaitForFunctionAsync("async others => (await window.relayed()).length === others", members - 1, new() { PollingInterval = 500 });
            var before = await ada.Page.EvaluateAsync<string[]>("() => window.relayed()");
            var user = await ada.Page.EvaluateAsync<string>(
                "() => window.connections[0].getConfiguration().iceServers.map(server => server.username).find(Boolean)");

            // What the service pushes before the credentials end, for the same subject: the new allocations are made before the old ones end.
            var expiry = DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds();
            var servers = IceServer.ToJson(machine.Service.Plan.IceServers(expiry, user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..]));
            signalling!.Send($$"""{ "type": "iceServers", "iceServers": {{servers}}, "iceServersExpire": {{expiry}} }""");
            await ada.Page.WaitForFunctionAsync(
                "async before => { const now = await window.relayed(); return now.length === before.length && !now.some(at => before.includes(at)); }",
                before, new() { PollingInterval = 500 });

            var metrics = await machine.Service.MetricsAsync();
            Assert.Equal(0, Errors(metrics, 486));
            Assert.Equal(0, Errors(metrics, 508));
            TestContext.Current.SendDiagnosticMessage("allocations made: {0}", Made().Match(metrics).Groups[1].Value);
        }
        finally
        {
            foreach (var page in pages) await page.DisposeAsync();
        }
    }

    private static int Errors(string metrics, int code) =>
        int.Parse(Regex.Match(metrics, $"causeway_relay_errors_total\\{{code=\"{code}\"\\}} (\\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"causeway_relay_allocations_made_total (\d+)")]
    private static partial Regex Made();
}
