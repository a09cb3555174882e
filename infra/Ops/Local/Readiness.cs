using System.Net;
using Causeway.Blueprint.Local;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Local;

/// <summary>Waits until the page's <c>/healthz</c> answers and every TURN URL relays.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once everything answers.</summary>
    /// <exception cref="OpsException">Something didn't answer within a minute.</exception>
    public static async Task WaitAsync(LocalPlan plan, SelfMadeCertificate? certificate, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        var missing = "";
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false };
            if (certificate?.Certificate.RawData is { } own)
            {
                handler.SslOptions.RemoteCertificateValidationCallback =
                    (_, shown, _, _) => shown?.GetRawCertData().SequenceEqual(own) == true;
            }
            using var http = new HttpClient(handler);
            await UntilAsync(async () => (await http.GetAsync(new Uri(plan.Address, "healthz"), patience.Token)).EnsureSuccessStatusCode());

            var expiry = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeSeconds();
            var relaying = plan.IceServers(expiry, "probe").Where(server => server.Credential is not null);
            foreach (var (server, text) in relaying.SelectMany(server => server.Urls.Select(text => (server, text))))
            {
                if (!IceUrl.TryParse(text, out var url)) throw new InvalidOperationException($"the plan has the URL '{text}'");
                var credentials = new Credentials(server.Username!, server.Credential!);
                await UntilAsync(() => RelayProbe.RunAsync(url, IPAddress.Parse(url.Host), credentials, null, patience.Token));
            }
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            var seconds = Patience.TotalSeconds;
            throw new OpsException($"not ready after {seconds:0} s: {missing}; pass --verbose to see the services' logs", cause: cause);
        }

        async Task UntilAsync(Func<Task> answers)
        {
            while (true)
            {
                try
                {
                    await answers();
                    return;
                }
                catch (Exception cause) when (cause is HttpRequestException or TurnException)
                {
                    missing = cause.Message;
                    await Task.Delay(Pause, patience.Token);
                }
            }
        }
    }
}
