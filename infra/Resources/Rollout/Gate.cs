using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint;
using Causeway.Blueprint.Ports;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Pulumi;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>Decides whether a new relay is fit for use; throws when it is not.</summary>
/// <param name="target">The relay.</param>
public delegate Task ProbeRelay(GateTarget target);

/// <summary>A relay before it is used.</summary>
/// <param name="Address">Its address. Not its name: one asked for too early stays unknown to resolvers for a while.</param>
/// <param name="TurnUrls">The URLs that browsers will be told, one for each transport; their host is what its certificate must hold.</param>
/// <param name="Credentials">A credential for the probe.</param>
/// <param name="Deadline">How long it may take to come up.</param>
/// <param name="Ipv6">Its IPv6 address; null where it has none.</param>
public sealed record GateTarget(IPAddress Address, IReadOnlyList<string> TurnUrls, Credentials Credentials, TimeSpan Deadline, IPAddress? Ipv6 = null);

/// <summary>
/// The gate: relays data through a new relay over each of its transports, to its IPv4 and its IPv6 address, from the machine that runs the update, before
/// anything points to it. A machine without IPv6 cannot judge the relay's: it says so, and what it can reach decides.
/// </summary>
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
    /// <param name="relayIpv6">Its IPv6 address; empty without IPv6.</param>
    public static GateTarget TargetOf(Plan plan, string relayAddress, DateTimeOffset now, string relayIpv6 = "") => new(
        IPAddress.Parse(relayAddress),
        [.. plan.IceServers(relayAddress).SelectMany(server => server.Urls).Where(url => url.StartsWith("turn", StringComparison.Ordinal))],
        Credentials.Mint(plan.TurnSecret.Reveal(), "gate", (now + Deadline + Deadline).ToUnixTimeSeconds()),
        Deadline,
        relayIpv6.Length > 0 ? IPAddress.Parse(relayIpv6) : null);

    /// <summary>Probes until every transport relays over every address that this machine has a route to, or the deadline has passed.</summary>
    /// <param name="target">The relay.</param>
    /// <param name="warn">Is told what could not be judged.</param>
    /// <exception cref="GateFailedException">The deadline has passed; what fails is said for each transport and address.</exception>
    public static Task ProbeAsync(GateTarget target, Action<string> warn) => ProbeAsync(target, warn, HasRoute, configure: null);

    internal static async Task ProbeAsync(GateTarget target, Action<string> warn, Func<IPAddress, bool> hasRoute, Func<TurnClientOptions, TurnClientOptions>? configure)
    {
        var ends = TimeProvider.System.GetTimestamp() + (long)(target.Deadline.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            // Asked in each round: a laptop's network comes and goes within ten minutes.
            var ipv6 = target.Ipv6 is { } address && hasRoute(address) ? target.Ipv6 : null;
            var probes = from server in ipv6 is null ? [target.Address] : new[] { target.Address, ipv6 } from url in target.TurnUrls select ProbeUrlAsync(url, server, target, configure);
            var failures = (await Task.WhenAll(probes)).OfType<string>().ToArray();
            if (failures.Length == 0)
            {
                if (target.Ipv6 is not null && ipv6 is null)
                    warn($"this machine has no IPv6, so the relay was not probed at {target.Ipv6}; it is admitted by IPv4 alone. 'ops check' from a machine with IPv6 tests the rest");
                return;
            }
            if (TimeProvider.System.GetTimestamp() >= ends) throw new GateFailedException(target.Address, failures);
            await Task.Delay(Pause);
        }
    }

    /// <summary>Whether packets to an address would leave this machine. Nothing is sent: connecting a datagram socket only looks the route up.</summary>
    internal static bool HasRoute(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, PortPlan.TurnPort);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // What fails over one transport to one address; null when nothing does.
    private static async Task<string?> ProbeUrlAsync(string text, IPAddress server, GateTarget target, Func<TurnClientOptions, TurnClientOptions>? configure)
    {
        using var patience = new CancellationTokenSource(ProbeTime);
        try
        {
            if (!IceUrl.TryParse(text, out var url)) return $"{text}: is no TURN URL";
            await RelayProbe.RunAsync(url, server, target.Credentials, configure, patience.Token);
            return null;
        }
        catch (Exception failure) when (failure is TurnException or NotSupportedException)
        {
            return $"{text} at {server}: {failure.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"{text} at {server}: no answer within {ProbeTime.TotalSeconds:0} s";
        }
    }
}

/// <summary>A new relay did not relay within the deadline, so the update ends here and the generation before it stays in use.</summary>
public sealed class GateFailedException(IPAddress address, IReadOnlyList<string> failures) : RunException(
    $"the relay at {address} is not admitted, and the generation before it stays in use. The new one stands too, so that its instance's console can be looked at, and costs until an update ends well: "
    + $"mend and update again, or put the settings back and update, which removes it (docs/recovery.md, 'After a failed update'):\n  {string.Join("\n  ", failures)}");
