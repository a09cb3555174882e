using Causeway.Relay;
using Causeway.Signalling.Ice;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Reads the settings again, from the same sources as at the start: what the relay in this process can take over, and the secret that
/// signs credentials. Certificate
/// files are looked at anyway. Everything else needs a restart, and is named.
/// </summary>
internal static class SettingsReload
{
    // What a running service takes over; the files that settings name are read again whenever settings are.
    private static readonly string[] Reloadable = ["signalling.ice.secrets", "signalling.ice.secretsFile"];

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

            app.Services.GetRequiredService<IceServers>().Reload(IceSecrets.Current(options.Ice));
            var started = app.Services.GetRequiredService<IOptions<SignallingOptions>>().Value;
            var waiting = SettingsComparison.Changed(started, options, SignallingOptions.Section)
                .Where(change => !Reloadable.Any(key => change.StartsWith(key, StringComparison.Ordinal)))
                .ToList();
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
}
