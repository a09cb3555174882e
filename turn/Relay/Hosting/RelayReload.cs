using System.Diagnostics;
using System.Globalization;
using Causeway.Relay.Settings;
using Microsoft.Extensions.Hosting.Systemd;

namespace Causeway.Relay.Hosting;

/// <summary>
/// Reloads the executable's settings from the same sources as at start, and notifies systemd (<c>systemctl reload</c>, <c>systemctl
/// status</c>).
/// </summary>
internal static class RelayReload
{
    /// <summary>Reads the settings; the relay applies or refuses them.</summary>
    /// <param name="relay">The relay.</param>
    /// <param name="args">The command line.</param>
    /// <param name="isReady">Whether systemd knows that the relay is ready; otherwise it isn't notified.</param>
    public static void Run(RelayHost relay, string[] args, bool isReady)
    {
        var microseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        if (isReady) Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
        var taken = TryReload(relay, args);
        var status = taken ? "Settings reloaded" : "Settings not reloaded; see the log";
        if (isReady) Notify($"READY=1\nSTATUS={status}");
    }

    private static bool TryReload(RelayHost relay, string[] args)
    {
        try
        {
            var mistakes = new List<string>();
            var options = RelayCommandLine.Read(args, mistakes, out _);
            if (mistakes.Count == 0) return relay.Reload(options).Count == 0;
            relay.RefuseReload(mistakes);
        }
#pragma warning disable CA1031 // A failing reload must not end the relay.
        catch (Exception unexpected)
        {
            relay.RefuseReload([unexpected.Message]);
        }
#pragma warning restore CA1031
        return false;
    }

    private static void Notify(string state) => new SystemdNotifier().Notify(new ServiceState(state));
}
