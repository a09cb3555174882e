using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// Sends new ICE servers to clients whose relay drains or is lost. Not to all at once: each makes new allocations on the remaining relays.
/// A relayed client then restarts ICE, and keeps its path until the new one works.
/// </summary>
internal sealed class RelayMoves(
    RelayRegistry registry,
    IceServers ice,
    SessionDirectory sessions,
    IOptions<SignallingOptions> settings,
    SignallingMetrics metrics,
    TimeProvider time,
    ILogger<RelayMoves> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly int _perSecond = settings.Value.Relays.MovesPerSecond;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!registry.IsOn) return;
        using var timer = new PeriodicTimer(Interval, time);
        IReadOnlySet<string> settled = new HashSet<string>();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = ice.Choose();
                // Clients that got servers since then got usable ones.
                if (!settled.SetEquals(now.Usable) && Move(now)) settled = now.Usable;
            }
        }
        catch (OperationCanceledException)
        {
            // The service is stopping.
        }
    }

    // Whether none is left.
    private bool Move(IceChoice now)
    {
        var moved = 0;
        foreach (var session in sessions.All())
        {
            if (!session.Move(now)) continue;
            metrics.Moved();
            if (++moved == _perSecond) break;
        }

        if (moved > 0) log.ClientsMoved(moved);
        return moved < _perSecond;
    }
}
