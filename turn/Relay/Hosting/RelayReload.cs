using System.Diagnostics;
using System.Globalization;
using Causeway.Relay.Admin;
using Causeway.Relay.Settings;
using Microsoft.Extensions.Hosting.Systemd;

namespace Causeway.Relay.Hosting;

/// <summary>
/// Reloads the executable's settings from the same sources as at start, and notifies systemd (<c>systemctl reload</c>, <c>systemctl
/// status</c>).
/// </summary>
internal static class RelayReload
{
    private static readonly Lock Turn = new();

    /// <summary>Reads the settings; the relay applies or refuses them.</summary>
    /// <param name="relay">The relay.</param>
    /// <param name="args">The command line.</param>
    /// <param name="isReady">Whether systemd knows that the relay is ready; otherwise it isn't notified.</param>
    /// <returns>What changed, or the mistakes.</returns>
    public static ReloadOutcome Run(RelayHost relay, string[] args, bool isReady)
    {
        // A signal and a request may come at once.
        using var turn = Turn.EnterScope();
        var microseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        if (isReady) Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
        var outcome = Reload(relay, args);
        var status = outcome.Mistakes.Count == 0 ? "Settings reloaded" : "Settings not reloaded; see the log";
        if (isReady) Notify($"READY=1\nSTATUS={status}");
        return outcome;
    }

    private static ReloadOutcome Reload(RelayHost relay, string[] args)
    {
        try
        {
            var mistakes = new List<string>();
            var options = RelayCommandLine.Read(args, mistakes, out _);
            return mistakes.Count == 0 ? relay.Apply(options) : relay.RefuseReload(mistakes);
        }
#pragma warning disable CA1031 // A failing reload must not end the relay.
        catch (Exception unexpected)
        {
            return relay.RefuseReload([unexpected.Message]);
        }
#pragma warning restore CA1031
    }

    private static void Notify(string state) => new SystemdNotifier().Notify(new ServiceState(state));
}
