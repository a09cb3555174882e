using System.Net;
using Causeway.Blueprint;
using Causeway.Ops.Probes;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Infra.Resources;

/// <summary>Decides whether a new relay is fit for use; throws when it is not.</summary>
/// <param name="target">The relay.</param>
public delegate Task AdmitRelay(GateTarget target);

/// <summary>A relay before it is used.</summary>
/// <param name="Address">Its address. Not its name: one asked for too early stays unknown to resolvers for a while.</param>
/// <param name="TurnUrls">The URLs that browsers will be told, one for each transport; their host is what its certificate must hold.</param>
/// <param name="Credentials">A credential for the probe.</param>
/// <param name="Deadline">How long it may take to come up.</param>
public sealed record GateTarget(IPAddress Address, IReadOnlyList<string> TurnUrls, Credentials Credentials, TimeSpan Deadline);

/// <summary>The gate: relays data through a new relay over each of its transports, from the machine that runs the update, before anything points to it.</summary>
public static class Gate
{
    /// <summary>How long a new host may take from its first breath to its first relayed byte; a certificate that is issued for the first time is in it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>What is to be probed of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="relayAddress">The new relay's Elastic IP.</param>
    /// <param name="now">The time, which the probe's credential is counted from.</param>
    public static GateTarget TargetOf(Plan plan, string relayAddress, DateTimeOffset now) => new(
        IPAddress.Parse(relayAddress),
        [.. plan.IceServers(relayAddress).SelectMany(server => server.Urls).Where(url => url.StartsWith("turn", StringComparison.Ordinal))],
        Credentials.Mint(plan.TurnSecret.Reveal(), "gate", (now + Deadline + Deadline).ToUnixTimeSeconds()),
        Deadline);

    /// <summary>Probes until every transport relays, or the deadline has passed.</summary>
    /// <exception cref="RelayNotAdmittedException">The deadline has passed; what fails is said for each transport.</exception>
    public static async Task AdmitAsync(GateTarget target)
    {
        var ends = TimeProvider.System.GetTimestamp() + (long)(target.Deadline.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            var failures = await Task.WhenAll(target.TurnUrls.Select(url => ProbeAsync(url, target)));
            if (failures.All(failure => failure is null)) return;
            if (TimeProvider.System.GetTimestamp() >= ends) throw new RelayNotAdmittedException(target.Address, [.. failures.OfType<string>()]);
            await Task.Delay(Pause);
        }
    }

    // What fails over one transport; null when nothing does.
    private static async Task<string?> ProbeAsync(string text, GateTarget target)
    {
        using var patience = new CancellationTokenSource(ProbeTime);
        try
        {
            if (!IceUrl.TryParse(text, out var url)) return $"{text}: is no TURN URL";
            await RelayProbe.RunAsync(url, target.Address, target.Credentials, configure: null, patience.Token);
            return null;
        }
        catch (Exception failure) when (failure is TurnException or NotSupportedException)
        {
            return $"{text}: {failure.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"{text}: no answer within {ProbeTime.TotalSeconds:0} s";
        }
    }
}

/// <summary>A new relay did not relay within the deadline, so the update ends here and the generation before it stays in use.</summary>
public sealed class RelayNotAdmittedException(IPAddress address, IReadOnlyList<string> failures) : Exception(
    $"the relay at {address} is not admitted, and the generation before it stays in use; look at the new instance's console, mend, and update again:\n  {string.Join("\n  ", failures)}");
