using Causeway.Relay.Diagnostics;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Hosting;

/// <summary>Reports when the relay is ready, to the log and to systemd (<c>Type=notify</c>).</summary>
internal static class RelayReadiness
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Probes with growing delays until every listener relays, or until it is cancelled.</summary>
    public static async Task AnnounceAsync(RelayHost relay, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var logger = loggers.CreateLogger("Causeway.Relay");
        try
        {
            for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
            {
                var failed = (await relay.ProbeAsync(cancellation)).Where(result => !result.IsRelayed).ToArray();
                if (failed.Length == 0) break;
                foreach (var result in failed) logger.NotReady(result.ToString());
                await Task.Delay(wait, time, cancellation);
            }

            logger.Ready();
            new SystemdNotifier().Notify(ServiceState.Ready);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was ready.
        }
    }

    /// <summary>Notifies systemd that the relay stops.</summary>
    public static void Withdraw() => new SystemdNotifier().Notify(ServiceState.Stopping);
}
