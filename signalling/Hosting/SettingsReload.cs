using Causeway.Relay.Settings;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Signalling.Sessions;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Reads the settings again, from the same sources as at the start: limits, the ICE servers and the secret that signs credentials, and what the relay in this
/// process can take over. Certificate files are looked at anyway. Everything else needs a restart, and is named.
/// </summary>
internal static class SettingsReload
{
    // What a running service takes over, each with all that is below it. The files that settings name are read again whenever settings are.
    internal static readonly string[] Reloadable = ["signalling.ice", "signalling.limits"];

    // Kestrel is bounded by these, and takes bounds at its start.
    internal static readonly string[] WaitingLimits = ["signalling.limits.sessions", "signalling.limits.idleConnections", "signalling.limits.idleTimeout"];

    /// <summary>Takes the settings over, all of them or none; the log says what came of it.</summary>
    public static void Run(WebApplication app, string[] args)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Causeway.Signalling");
        try
        {
            var (options, relay) = Startup.ReadOptions(Settings.Load(args), app.Environment);
            var embedded = app.Services.GetService<EmbeddedRelay>();
            // The relay first: it must know the secret that the next credential is signed with.
            if (embedded is not null && relay is not null && embedded.Reload(relay) is { Count: > 0 } mistakes)
                throw new StartException([.. mistakes]);

            var started = app.Services.GetRequiredService<SettingsInUse>().Started;
            app.Services.GetRequiredService<IceServers>().Reload(options.Ice, IceSecrets.Current(options.Ice));
            TakeLimits(app.Services, options.Limits);
            // Compared with those of the start, so that they are named until there is a restart.
            var waiting = SettingsComparison.Changed(started, options, SignallingOptions.Section).Where(change => !IsReloadable(change)).ToList();
            log.SettingsReloaded();
            if (waiting.Count > 0) log.SettingsNeedRestart(string.Join(", ", waiting));
        }
        catch (StartException wrong)
        {
            log.SettingsRefused(string.Join("; ", wrong.Lines));
        }
#pragma warning disable CA1031 // Nothing that reading settings brings about may end the service.
        catch (Exception unexpected)
        {
            log.SettingsRefused(unexpected.Message);
        }
#pragma warning restore CA1031
    }

    private static void TakeLimits(IServiceProvider services, SignallingLimitOptions limits)
    {
        services.GetRequiredService<SettingsInUse>().Limits = limits;
        services.GetRequiredService<ConnectionRegistry>().SetPerAddress(limits.ConnectionsPerAddress);
        services.GetRequiredService<IdleConnections>().SetPerAddress(limits.IdleConnectionsPerAddress);
        services.GetRequiredService<KeptBytes>().SetBounds(limits);
        services.GetRequiredService<NetworkRates>().SetBound(limits.JoinsPerAddress);
        services.GetRequiredService<SessionDirectory>().SetMostRooms(limits.Rooms);
    }

    private static bool IsReloadable(string change) =>
        !WaitingLimits.Contains(change) && Reloadable.Any(key => change.StartsWith(key + ".", StringComparison.Ordinal));
}
