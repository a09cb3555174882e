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

/// <summary>Waits until nobody uses the relays of earlier generations any more, or the deadline has passed; never fails.</summary>
/// <param name="target">The old relays.</param>
/// <param name="tell">Shows how it goes.</param>
public delegate Task WaitForOldRelays(OldRelaysTarget target, TellProgress tell);

/// <summary>Shows a line to the person who runs the update.</summary>
/// <param name="line">The line.</param>
/// <param name="passing">Whether the next line takes its place.</param>
public delegate void TellProgress(string line, bool passing);

/// <summary>The relays of earlier generations, after the new one was admitted.</summary>
/// <param name="Addresses">Their addresses.</param>
/// <param name="TurnUrls">The URLs to ask them by, one for each transport; their host is not used.</param>
/// <param name="Credentials">The operator's credentials, one for each secret that an old relay may have.</param>
/// <param name="Deadline">How long they may take to become empty.</param>
public sealed record OldRelaysTarget(
    IReadOnlyList<IPAddress> Addresses, IReadOnlyList<string> TurnUrls, IReadOnlyList<Credentials> Credentials, TimeSpan Deadline);

/// <summary>
/// What follows the admission: pages learn of the new relay, restart ICE and leave the old one. The engine deletes the old hosts as soon as
/// the program ends, so the program asks the old relays over their own TURN ports how much they still carry, and ends when that is nothing.
/// </summary>
public static class OldRelays
{
    // Nothing is deleted before this wait is over, so an update that is ended meanwhile leaves both generations in place, and the next one
    // goes on from there.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(10);

    // A busy relay may lose a question; one that is gone should not hold up the update.
    private const int Silences = 3;

    /// <summary>
    /// Finds the Elastic IPs of the stack that are not of this generation: those of relays that the engine is about to delete.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="inUse">The addresses of this generation and of signalling.</param>
    /// <param name="now">The time, which the credentials are counted from.</param>
    /// <param name="look">Whose provider looks.</param>
    /// <returns>Null when there is nothing to wait for.</returns>
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
        // Clocks differ.
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
                tell($"the old relay at {address} carries no call any more, after {elapsed.TotalSeconds:0} s", passing: false);
                return;
            }
            if (silences == Silences)
            {
                tell($"the old relay at {address} does not say what it carries; not waiting for it: {failure}", passing: false);
                return;
            }
            if (elapsed >= target.Deadline)
            {
                tell(
                    $"the old relay at {address} still has {Addresses(use)} in use after {elapsed.TotalSeconds:0} s, "
                    + $"which end with it ({SettingKey.DrainSeconds.Name})",
                    passing: false);
                return;
            }
            if (use is not null && elapsed - toldAt >= TellInterval)
            {
                var left = (target.Deadline - elapsed).TotalSeconds;
                tell(
                    $"the old relay at {address} has {Addresses(use)} in use; waiting up to {left:0} s until its calls have moved. "
                    + "Nothing is deleted meanwhile, Ctrl-C is safe",
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

    // The first answer over any transport under any secret; else what failed last.
    private static async Task<(RelayUse? Use, string? Failure)> AskAsync(IPAddress address, OldRelaysTarget target)
    {
        var failure = "it has no port of TURN that this plan knows";
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
                    failure = "it does not know the question; it is of an older version";
                }
                catch (Exception failed) when (failed is TurnException or NotSupportedException)
                {
                    failure = failed.Message;
                }
                catch (OperationCanceledException)
                {
                    failure = $"no answer within {AnswerTime.TotalSeconds:0} s";
                    // Another secret would be answered as little.
                    break;
                }
            }
        }
        return (null, failure);
    }

    private static TurnClientOptions Options(IceUrl url, IPAddress address, Credentials credentials) => RelayProbe.Options(url, address, credentials) with
    {
        // Its certificate is for its own name, which is not known here; that the answer is signed shows who gave it.
#pragma warning disable CA5359
        CertificateValidation = (_, _, _, _) => true,
#pragma warning restore CA5359
    };
}

/// <summary>
/// Which relays to wait for is not known, so the update ends here and nothing of the generation before is taken down.
/// </summary>
public sealed class OldRelaysUnknownException(Exception failure) : RunException(
    "the stack's Elastic IPs cannot be listed, so the update does not know which relays still carry calls. The new generation is in use; "
    + "the one before it is not taken down, and costs until an update ends well. Allow ec2:DescribeAddresses, or set "
    + $"{SettingKey.DrainSeconds.Name} to 0 to take the old one down at once, and update again. What came back:\n  {failure.Message}",
    failure);
