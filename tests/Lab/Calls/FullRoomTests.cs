using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Services;
using Causeway.Lab.Browsers;
using Causeway.Lab.Machine;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Calls;

/// <summary>A full room, each member relayed to all others.</summary>
public partial class FullRoomTests
{
    /// <summary>Eight pages without cameras. It takes minutes, so it runs by name only.</summary>
    /// <param name="transport">The only way to the relay.</param>
    [Theory(Explicit = true)]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("tls")]
    public async Task Eight_people_are_relayed_to_each_other_and_renewed_and_no_allocation_is_refused(string transport)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var folder = LabFolders.New("full-room");
        using var authority = new LabAuthority(folder.FullName);
        var (chain, key) = authority.Issue("localhost", "127.0.0.1");
        await using var service = await StartAsync(transport, chain, key);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchFullAsync(playwright, $"--ignore-certificate-errors-spki-list={KeyHash(chain)}");
        var members = service.Plan.Signalling.Limits.RoomMembers;
        var link = service.Room(OneMachine.NewRoom("full"), relayOnly: true);
        var pages = new List<CallPage>();
        try
        {
            var ada = await CallPage.OpenAsync(browser, service.Plan.Address.ToString(), devices: false);
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
                    const isRelayed = local?.candidateType === 'relay' && connection.connectionState === 'connected';
                    if (isRelayed) at.push(`${local.address}:${local.port}`);
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
            while (pages.Count < members) pages.Add(await CallPage.JoinAsync(browser, link, $"Guest {pages.Count}", devices: false));

            // Relayed to all others over the only transport, all for one subject.
            await ada.Page.WaitForFunctionAsync(
                "async others => (await window.relayed()).length === others", members - 1, new() { PollingInterval = 500 });
            var relayedTiles = ada.Page.Locator($"#tiles .tile[data-path=relay-{transport}]");
            await Assertions.Expect(relayedTiles).ToHaveCountAsync(members - 1, new() { Timeout = 60_000 });
            var before = await ada.Page.EvaluateAsync<string[]>("() => window.relayed()");
            var user = await ada.Page.EvaluateAsync<string>(
                "() => window.connections[0].getConfiguration().iceServers.map(server => server.username).find(Boolean)");

            // The service pushes this before the credentials expire, for the same subject: new allocations overlap with the old ones.
            var expiry = DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds();
            var subject = user[(user.IndexOf(':', StringComparison.Ordinal) + 1)..];
            var servers = IcePlan.ToJson(service.Plan.IceServers(expiry, subject));
            if (transport == "tls")
                servers = servers.Replace(service.Plan.Ice.TurnUrls.Single(), TlsUrl(service.Plan), StringComparison.Ordinal);
            signalling!.Send($$"""{ "type": "iceServers", "iceServers": {{servers}}, "iceServersExpire": {{expiry}} }""");
            await ada.Page.WaitForFunctionAsync(
                """
                async before => {
                  const now = await window.relayed();
                  return now.length === before.length && !now.some(at => before.includes(at));
                }
                """,
                before, new() { PollingInterval = 500 });

            var metrics = await service.MetricsAsync();
            Assert.Equal(0, Errors(metrics, 486));
            Assert.Equal(0, Errors(metrics, 508));
            TestContext.Current.SendDiagnosticMessage("allocations made: {0}", Made().Match(metrics).Groups[1].Value);
        }
        finally
        {
            foreach (var page in pages) await page.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }

    // The local plan has no TLS: the same relay, with a certificate.
    private static Task<LocalService> StartAsync(string transport, string chain, string key) => transport switch
    {
        "udp" => LocalService.StartAsync([Transport.Udp], _ => []),
        "tcp" => LocalService.StartAsync([Transport.Tcp], _ => []),
        _ => LocalService.StartAsync([Transport.Tcp], plan =>
        [
            "--relay:listeners:0:transport", "tls", "--relay:certificateFile", chain, "--relay:certificateKeyFile", key,
            "--signalling:ice:turnUrls:0", TlsUrl(plan),
        ]),
    };

    private static string TlsUrl(LocalPlan plan) =>
        string.Create(CultureInfo.InvariantCulture, $"turns:127.0.0.1:{plan.Ports.Transports.Single().Port}?transport=tcp");

    // The hash of the public key, in the form that Chromium takes.
    private static string KeyHash(string chain)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(chain));
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    private static int Errors(string metrics, int code)
    {
        var errors = Regex.Match(metrics, $"causeway_relay_errors_total\\{{code=\"{code}\"\\}} (\\d+)");
        return int.Parse(errors.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"causeway_relay_allocations_made_total (\d+)")]
    private static partial Regex Made();
}
