using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources.Account;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Pulumi;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>Waits until old relays carry no calls, or the deadline has passed; never fails.</summary>
/// <param name="target">The old relays.</param>
/// <param name="tell">Shows the progress.</param>
public delegate Task WaitForOldRelays(OldRelaysTarget target, TellProgress tell);

/// <summary>Shows a line to the person who runs the update.</summary>
/// <param name="line">The line.</param>
/// <param name="passing">Whether the next line replaces it.</param>
public delegate void TellProgress(string line, bool passing);

/// <summary>The relays of earlier generations, after the admission of the new one.</summary>
/// <param name="Addresses">Their addresses.</param>
/// <param name="TurnUrls">The URLs to query them by, one for each transport; their host is not used.</param>
/// <param name="Credentials">The operator's credentials, one for each secret that an old relay may use.</param>
/// <param name="Deadline">How long to wait.</param>
public sealed record OldRelaysTarget(
    IReadOnlyList<IPAddress> Addresses, IReadOnlyList<string> TurnUrls, IReadOnlyList<Credentials> Credentials, TimeSpan Deadline);

/// <summary>
/// The step after the admission: pages get the new relay, restart ICE and leave the old one. The engine deletes the old hosts as soon as
/// the program ends, so the program queries the old relays over their TURN ports, and ends when they carry no calls.
/// </summary>
public static class OldRelays
{
    // Nothing is deleted before the wait is over, so an update that is interrupted leaves both generations, and the next one continues.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(10);

    // A busy relay may lose a query; a relay that is gone should not delay the update.
    private const int Silences = 3;

    /// <summary>Finds the relays that the engine is about to delete: the Elastic IPs of the stack's earlier generations.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="inUse">The addresses of this generation and of signalling.</param>
    /// <param name="now">The time, for the credentials' expiry.</param>
    /// <param name="look">The options of the look-up.</param>
    /// <returns>Null if there is nothing to wait for.</returns>
    /// <exception cref="OldRelaysUnknownException">The Elastic IPs cannot be listed.</exception>
    public static async Task<OldRelaysTarget?> FindAsync(
        Plan plan, IReadOnlyCollection<string> inUse, DateTimeOffset now, InvokeOptions look)
    {
        if (plan.Settings.Drain == TimeSpan.Zero) return null;
        IReadOnlyCollection<string> found;
        try
        {
            found = await Lookups.ElasticIpsAsync(plan, look);
        }
        catch (Exception failure)
        {
            throw new OldRelaysUnknownException(failure);
        }
        var old = found.Except(inUse).Order(StringComparer.Ordinal).Select(IPAddress.Parse).ToImmutableArray();
        return old.IsEmpty ? null : TargetOf(plan, old, now);
    }

    private static OldRelaysTarget TargetOf(Plan plan, IReadOnlyList<IPAddress> addresses, DateTimeOffset now)
    {
        // The clocks of this machine and of the relays may differ.
        var expiry = (now + plan.Settings.Drain + TimeSpan.FromMinutes(10)).ToUnixTimeSeconds();
        return new(
            addresses,
            [.. plan.Services.Ice.TurnUrls],
            [.. plan.TurnSecrets.Select(secret => Credentials.Mint(secret.Reveal(), Credentials.OperatorSubject, expiry))],
            plan.Settings.Drain);
    }

    /// <summary>Waits for all of them at once.</summary>
    public static Task WaitAsync(OldRelaysTarget target, TellProgress tell) => WaitAsync(target, tell, Pause, TimeProvider.System);

    internal static Task WaitAsync(OldRelaysTarget target, TellProgress tell, TimeSpan pause, TimeProvider time) =>
        Task.WhenAll(target.Addresses.Select(address => WaitAsync(address, target, tell, pause, time)));

    private static async Task WaitAsync(IPAddress address, OldRelaysTarget target, TellProgress tell, TimeSpan pause, TimeProvider time)
    {
        var (start, toldAt, silences, quiet) = (time.GetTimestamp(), -TellInterval, 0, new QuietRelay());
        while (true)
        {
            var (use, failure) = await AskAsync(address, target);
            var elapsed = time.GetElapsedTime(start);
            silences = failure is null ? 0 : silences + 1;
            if (use is { } now && quiet.IsSo(now, elapsed))
            {
                tell($"the old relay at {address} carries no calls, after {elapsed.TotalSeconds:0} s", passing: false);
                return;
            }
            if (silences == Silences)
            {
                tell($"the old relay at {address} does not report its use, so the update continues without it: {failure}", passing: false);
                return;
            }
            if (elapsed >= target.Deadline)
            {
                tell(
                    $"the old relay at {address} still has {Addresses(use)} in use after {elapsed.TotalSeconds:0} s "
                    + $"({SettingKey.DrainSeconds.Name}); they end with it",
                    passing: false);
                return;
            }
            if (use is not null && elapsed - toldAt >= TellInterval)
            {
                var left = (target.Deadline - elapsed).TotalSeconds;
                tell(
                    $"the old relay at {address} has {Addresses(use)} in use; waiting up to {left:0} s for its calls to move. "
                    + "Nothing is deleted yet: Ctrl-C is safe",
                    passing: true);
                toldAt = elapsed;
            }
            await Task.Delay(pause);
        }
    }

    private static string Addresses(RelayUse? use) => use switch
    {
        null => "an unknown number of relayed addresses",
        { Addresses: 1 } => "1 relayed address",
        { Addresses: var count } => string.Create(CultureInfo.InvariantCulture, $"{count} relayed addresses"),
    };

    // The first answer over any transport with any secret; otherwise the last failure.
    private static async Task<(RelayUse? Use, string? Failure)> AskAsync(IPAddress address, OldRelaysTarget target)
    {
        var failure = "this plan has no TURN URL to query it by";
        foreach (var text in target.TurnUrls)
        {
            if (!IceUrl.TryParse(text, out var url)) continue;
            foreach (var credentials in target.Credentials)
            {
                using var patience = new CancellationTokenSource(AnswerTime);
                try
                {
                    await using var client = await TurnClient.ConnectAsync(Options(url, address, credentials), patience.Token);
                    if (await client.UseAsync(patience.Token) is { } use) return (use, null);
                    failure = "it does not support the query; it is an older version";
                }
                catch (Exception failed) when (failed is TurnException or NotSupportedException)
                {
                    failure = failed.Message;
                }
                catch (OperationCanceledException)
                {
                    failure = $"no answer within {AnswerTime.TotalSeconds:0} s";
                    // Another secret would get no answer either.
                    break;
                }
            }
        }
        return (null, failure);
    }

    private static TurnClientOptions Options(IceUrl url, IPAddress address, Credentials credentials)
    {
        // Its certificate is for its own name, which is not known here; the answer is signed.
#pragma warning disable CA5359
        return RelayProbe.Options(url, address, credentials) with { CertificateValidation = (_, _, _, _) => true };
#pragma warning restore CA5359
    }
}

/// <summary>The relays to wait for are unknown. The update ends; the old generation is not deleted.</summary>
public sealed class OldRelaysUnknownException(Exception failure) : RunException(
    "cannot list the stack's Elastic IPs, so the update does not know which old relays still carry calls. The new generation is in use; "
    + "the old one is kept, and costs money until an update succeeds. Allow ec2:DescribeAddresses, or set "
    + $"{SettingKey.DrainSeconds.Name} to 0 to delete the old one without waiting, and update again. The error:\n  {failure.Message}",
    failure);
