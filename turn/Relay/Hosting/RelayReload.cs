using System.Diagnostics;
using System.Globalization;
using Causeway.Relay.Settings;
using Microsoft.Extensions.Hosting.Systemd;

namespace Causeway.Relay.Hosting;

/// <summary>
/// Reads the executable's settings again, from the same sources as at its start, and tells systemd (<c>systemctl reload</c>, <c>systemctl
/// status</c>).
/// </summary>
internal static class RelayReload
{
    /// <summary>Reads them, and has the relay take them over or refuse them.</summary>
    /// <param name="relay">The relay.</param>
    /// <param name="args">The command line.</param>
    /// <param name="isReady">Whether systemd was told that the relay is ready; else it is told nothing here.</param>
    public static void Run(RelayHost relay, string[] args, bool isReady)
    {
        var microseconds = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        if (isReady) Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
        var taken = TryReload(relay, args);
        var status = taken ? "Settings were read again" : "Settings were read again and refused; the log says why";
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
#pragma warning disable CA1031 // Nothing that reading settings brings about may end the relaying.
        catch (Exception unexpected)
        {
            relay.RefuseReload([unexpected.Message]);
        }
#pragma warning restore CA1031
        return false;
    }

    private static void Notify(string state) => new SystemdNotifier().Notify(new ServiceState(state));
}
