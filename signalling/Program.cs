using Causeway.Relay.Machine;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Relays;
using Causeway.Signalling.Rooms;
using Causeway.Signalling.Sessions;
using Microsoft.Extensions.Hosting.Systemd;

namespace Causeway.Signalling;

/// <summary>The signalling service.</summary>
public static class Program
{
    /// <summary>Runs the service until it is stopped.</summary>
    /// <returns>0, or 1 if it could not start; standard error then says why.</returns>
    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using var app = Build(args);
            using var hangup = new HangupSignal(terminalClosed: app.Lifetime.StopApplication);
            using var metrics = app.ExportMetrics();
            await app.StartListeningAsync();
            // Its unit has Type=notify; anywhere else this does nothing.
            new SystemdNotifier().Notify(ServiceState.Ready);
            app.Lifetime.ApplicationStopping.Register(() => new SystemdNotifier().Notify(ServiceState.Stopping));
            var reloading = hangup.RunAsync(app.Services.GetRequiredService<SettingsReload>().Run, app.Lifetime.ApplicationStopping);
            await app.WaitForShutdownAsync();
            await reloading;
            return 0;
        }
        catch (StartException mistakes)
        {
            foreach (var line in mistakes.Lines) await Console.Error.WriteLineAsync(line);
            return 1;
        }
    }

    /// <summary>Builds the service.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Replaces services, such as the clock, in tests.</param>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = Startup.CreateBuilder(args);
        builder.AddSettings(args);
        builder.AddDiagnostics();
        builder.AddListeners();
        builder.AddRooms();
        builder.AddRelays();
        builder.Services.AddIce();
        builder.Services.AddClients();
        builder.Services.AddSessions();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseConnectionGate();
        app.UseSecurityHeaders();
        app.UseHostCheck();
        app.UseProxies();
        app.UseFleetListener();
        app.UseWebClient();
        app.UseMeteredWebSockets();

        app.MapSessions();
        app.MapHealth();
        app.MapRelayHealth();
        app.MapFleet();
        return app;
    }
}
