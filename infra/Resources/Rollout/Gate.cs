using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint;
using Causeway.Blueprint.Ports;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Pulumi;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>Probes a new relay; throws if it does not relay.</summary>
/// <param name="target">The relay.</param>
public delegate Task ProbeRelay(GateTarget target);

/// <summary>A relay before it is used.</summary>
/// <param name="Address">Its address. Not its name: resolvers remember for a while that a name was unknown.</param>
/// <param name="TurnUrls">The URLs for browsers, one for each transport; the certificate must be valid for their host.</param>
/// <param name="Credentials">A credential for the probe.</param>
/// <param name="Deadline">How long it may take to come up.</param>
/// <param name="Ipv6">Its IPv6 address; null without IPv6.</param>
public sealed record GateTarget(
    IPAddress Address, IReadOnlyList<string> TurnUrls, Credentials Credentials, TimeSpan Deadline, IPAddress? Ipv6 = null);

/// <summary>
/// The gate: relays data through a new relay over each transport, to its IPv4 and its IPv6 address, from the machine that runs the update
/// and before anything points to the relay. A machine without IPv6 probes IPv4 alone, and warns.
/// </summary>
public static class Gate
{
    /// <summary>How long a new host may take from its start to its first relayed byte. Includes issuing a first certificate.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>What to probe for a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="relayAddress">The new relay's Elastic IP.</param>
    /// <param name="now">The time, for the credential's expiry.</param>
    /// <param name="relayIpv6">Its IPv6 address; empty without IPv6.</param>
    public static GateTarget TargetOf(Plan plan, string relayAddress, DateTimeOffset now, string relayIpv6 = "") => new(
        IPAddress.Parse(relayAddress),
        [.. plan.IceServers(relayAddress).SelectMany(server => server.Urls).Where(url => url.StartsWith("turn", StringComparison.Ordinal))],
        Credentials.Mint(plan.TurnSecret.Reveal(), "gate", (now + Deadline + Deadline).ToUnixTimeSeconds()),
        Deadline,
        relayIpv6.Length > 0 ? IPAddress.Parse(relayIpv6) : null);

    /// <summary>Probes until every transport relays over every address that this machine has a route to.</summary>
    /// <param name="target">The relay.</param>
    /// <param name="warn">Shows what was not probed.</param>
    /// <exception cref="GateFailedException">The deadline has passed; contains the failure of each transport and address.</exception>
    public static Task ProbeAsync(GateTarget target, Action<string> warn) =>
        ProbeAsync(target, warn, HasRoute, configure: null);

    internal static async Task ProbeAsync(
        GateTarget target, Action<string> warn, Func<IPAddress, bool> hasRoute, Func<TurnClientOptions, TurnClientOptions>? configure)
    {
        var ends = TimeProvider.System.GetTimestamp() + (long)(target.Deadline.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            // In each round: a laptop's network may change within ten minutes.
            var ipv6 = target.Ipv6 is { } address && hasRoute(address) ? target.Ipv6 : null;
            var probes = from server in ipv6 is null ? [target.Address] : new[] { target.Address, ipv6 }
                         from url in target.TurnUrls
                         select ProbeUrlAsync(url, server, target, configure);
            var failures = (await Task.WhenAll(probes)).OfType<string>().ToArray();
            if (failures.Length == 0)
            {
                if (target.Ipv6 is not null && ipv6 is null)
                {
                    warn($"this machine has no IPv6, so the relay was not probed at {target.Ipv6}, only over IPv4. "
                        + "Run 'ops check' on a machine with IPv6 to test the rest");
                }
                return;
            }
            if (TimeProvider.System.GetTimestamp() >= ends) throw new GateFailedException(target.Address, failures);
            await Task.Delay(Pause);
        }
    }

    /// <summary>Whether this machine has a route to an address. Connecting a datagram socket looks it up and sends nothing.</summary>
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

    // The failure of one transport to one address; null if it relays.
    private static async Task<string?> ProbeUrlAsync(
        string text, IPAddress server, GateTarget target, Func<TurnClientOptions, TurnClientOptions>? configure)
    {
        using var patience = new CancellationTokenSource(ProbeTime);
        try
        {
            if (!IceUrl.TryParse(text, out var url)) return $"{text} isn't a TURN URL";
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

/// <summary>A new relay did not relay within the deadline. The update ends; the old generation stays in use.</summary>
public sealed class GateFailedException(IPAddress address, IReadOnlyList<string> failures) : RunException(
    $"the relay at {address} failed the gate, and the old generation stays in use. The new one still runs, so that you can read its "
    + "instance's console, and costs money until an update succeeds. Fix the cause and update again, or restore the settings and update, "
    + $"which removes it (docs/recovery.md, 'After a failed update'):\n  {string.Join("\n  ", failures)}");
