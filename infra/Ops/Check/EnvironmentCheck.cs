using System.Net;
using Causeway.Turn.Client;

namespace Causeway.Ops.Check;

/// <summary>
/// Tests name, certificate, page and WebSocket, and then every ICE URL that the WebSocket sends, at every address of its host. A check that
/// depends on one that failed is skipped.
/// </summary>
public sealed class EnvironmentCheck(CheckTarget target, Trust trust, TimeProvider time)
{
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(10);

    private readonly List<CheckResult> _rows = [];

    /// <summary>Gets the results so far, in order.</summary>
    public IReadOnlyList<CheckResult> Results => _rows;

    /// <summary>Gets whether no check failed.</summary>
    public bool Passed => _rows.TrueForAll(row => row.Outcome != CheckOutcome.Failed);

    /// <summary>Runs all checks.</summary>
    /// <param name="changed">Called whenever a row was added or replaced.</param>
    /// <param name="cancellation">Cancels the checks.</param>
    public async Task RunAsync(Action changed, CancellationToken cancellation)
    {
        IReadOnlyList<IPAddress> addresses = [];
        await StepAsync(new("dns", target.Host), async (row, patience) =>
        {
            (var result, addresses) = await DnsCheck.RunAsync(row, target.Host, patience);
            return result;
        });
        var unknown = addresses.Count == 0 ? "the name doesn't resolve" : null;

        var pageTrust = trust;
        if (target.Secure)
            await StepAsync(new("certificate", $"{target.Host}:{target.Page.Port}"), async (row, patience) =>
            {
                (var result, pageTrust) = await CertificateCheck.RunAsync(
                    row, target.Host, addresses[0], target.Page.Port, trust, time, patience);
                return result;
            }, unknown);

        using var signalling = new SignallingCheck(target, pageTrust);
        await StepAsync(new("health", new Uri(target.Page, "healthz").ToString()), signalling.HealthAsync, unknown);
        await StepAsync(new("relays", new Uri(target.Page, "healthz/relays").ToString()), signalling.RelaysAsync, unknown);

        IReadOnlyList<IceServer> servers = [];
        await StepAsync(new("websocket", target.WebSocket.ToString()), async (row, patience) =>
        {
            (var result, servers) = await signalling.WelcomeAsync(row, patience);
            return result;
        }, unknown);
        if (servers.Count == 0) await StepAsync(new("turn", "iceServers"), (row, _) => Task.FromResult(row), "no iceServers");

        foreach (var (server, text) in servers.SelectMany(server => server.Urls.Select(text => (server, text))))
            await CheckUrlAsync(server, text);

        async Task CheckUrlAsync(IceServer server, string text)
        {
            if (!IceUrl.TryParse(text, out var url))
            {
                var invalid = new Diagnosis(
                    "browsers reject this URL, and all iceServers with it", "write it as turn:host:3478?transport=udp (RFC 7065)");
                await StepAsync(new("turn", text), (row, _) => Task.FromResult(row.Fail("invalid ICE URL", invalid)));
                return;
            }

            var name = $"{url.Scheme} {url.IpProtocol}";
            IReadOnlyList<IPAddress> hosts = [];
            if (url.Host == target.Host) hosts = addresses;
            else if (IPAddress.TryParse(url.Host, out var literal)) hosts = [literal];
            else
                await StepAsync(new("dns", url.Host), async (row, patience) =>
                {
                    (var result, hosts) = await DnsCheck.RunAsync(row, url.Host, patience);
                    return result;
                });
            foreach (var address in hosts)
            {
                var where = address.ToString() == url.Host ? text : $"{text} at {address}";
                await StepAsync(
                    new(name, where), (row, patience) => IceServerCheck.RunAsync(row, url, server, address, trust, patience),
                    patience: StepPatience * 3);
            }
        }

        async Task StepAsync(
            CheckResult row, Func<CheckResult, CancellationToken, Task<CheckResult>> check, string? skip = null, TimeSpan? patience = null)
        {
            var index = _rows.Count;
            _rows.Add(row);
            changed();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(patience ?? StepPatience);
            try
            {
                _rows[index] = skip is null ? await check(row, limit.Token) : row.Skip(skip);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                _rows[index] = row.Fail("timed out", new(
                    "a firewall drops the packets, or the server is overloaded", "check firewalls on the path, and the server's load"));
            }
            changed();
        }
    }
}
