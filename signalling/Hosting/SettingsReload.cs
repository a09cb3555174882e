using Causeway.Relay.Settings;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Causeway.Turn.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Reads the settings again, from the same sources as at the start: limits, the ICE servers and the secret that signs credentials, and what
/// the relay in this process can apply. Certificate files are watched anyway. Any other change needs a restart, and the log names it.
/// </summary>
internal sealed class SettingsReload(
    string[] args,
    SettingsInUse inUse,
    IOptions<SignallingOptions> started,
    IHostEnvironment environment,
    ILogger<SettingsReload> log,
    EmbeddedRelay? embedded = null)
{
    // What a running service applies, each with everything below it. Files that settings name are read again with the settings.
    internal static readonly string[] Reloadable = ["signalling.ice", "signalling.limits"];

    // Kestrel takes these limits at its start only.
    internal static readonly string[] WaitingLimits =
        ["signalling.limits.sessions", "signalling.limits.idleConnections", "signalling.limits.idleTimeout"];

    /// <summary>Applies all settings or none, and logs the outcome.</summary>
    public void Run()
    {
        try
        {
            using var read = Read();
            var settings = read.GetRequiredService<IOptions<SignallingOptions>>().Value;
            // The relay first: it must know the secret that signs the next credential.
            if (embedded is not null && settings.EmbeddedRelay && read.GetRequiredService<IOptions<RelayOptions>>() is { } relay
                && embedded.Reload(relay.Value) is { Count: > 0 } mistakes)
                throw new StartException([.. mistakes]);

            inUse.Publish(settings);
            // Compared with the settings of the start, so that a change is named until the restart.
            var waiting = SettingsComparison.Changed(started.Value, settings, SignallingOptions.Section)
                .Where(change => !IsReloadable(change)).ToList();
            log.SettingsReloaded();
            if (waiting.Count > 0) log.SettingsNeedRestart(string.Join(", ", waiting));
        }
        catch (StartException wrong)
        {
            log.SettingsRefused(string.Join("; ", wrong.Lines));
        }
#pragma warning disable CA1031 // No failure to read settings may end the service.
        catch (Exception unexpected)
        {
            log.SettingsRefused(unexpected.Message);
        }
#pragma warning restore CA1031
    }

    // The same options with the same validation as at the start, over what the sources say now.
    private ServiceProvider Read()
    {
        var settings = SettingsSources.Load(args);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(settings);
        services.AddSingleton(environment);
        services.AddSettings(settings);
        var read = services.BuildServiceProvider();
        read.ValidateSettings();
        return read;
    }

    private static bool IsReloadable(string change) =>
        !WaitingLimits.Contains(change) && Reloadable.Any(key => change.StartsWith(key + ".", StringComparison.Ordinal));
}
