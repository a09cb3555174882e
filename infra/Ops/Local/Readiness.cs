using System.Net;
using Causeway.Blueprint.Local;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Local;

/// <summary>Waits until what will be printed is true: the page's <c>/healthz</c> answers, and every TURN URL relays.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once everything answers.</summary>
    /// <exception cref="OpsException">It did not within a minute; says what does not answer.</exception>
    public static async Task WaitAsync(LocalPlan plan, SelfMadeCertificate? certificate, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        var missing = "";
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false };
            if (certificate is not null)
                handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetRawCertData().AsSpan().SequenceEqual(certificate.Certificate.RawData) == true;
            using var http = new HttpClient(handler);
            await UntilAsync(async () => (await http.GetAsync(new Uri(plan.Address, "healthz"), patience.Token)).EnsureSuccessStatusCode());

            var relaying = plan.IceServers(DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeSeconds(), "probe").Where(server => server.Credential is not null);
            foreach (var (server, text) in relaying.SelectMany(server => server.Urls.Select(text => (server, text))))
            {
                if (!IceUrl.TryParse(text, out var url)) throw new InvalidOperationException($"the plan has the URL '{text}'");
                await UntilAsync(() => RelayProbe.RunAsync(url, IPAddress.Parse(url.Host), new Credentials(server.Username!, server.Credential!), null, patience.Token));
            }
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw new OpsException($"not ready after {Patience.TotalSeconds:0} s: {missing}; --verbose shows what the services log", cause: cause);
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
