using Causeway.Relay.Machine;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Relays;
using Causeway.Signalling.Rooms;
using Causeway.Signalling.Sessions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting.Systemd;

namespace Causeway.Signalling;

/// <summary>The signalling service.</summary>
public static class Program
{
    /// <summary>Runs the service until it is told to stop.</summary>
    /// <returns>0, or 1 when it could not start: the reason stands on standard error then.</returns>
    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using var app = Build(args);
            using var hangup = new HangupSignal(terminalClosed: app.Lifetime.StopApplication);
            using var metrics = app.ExportMetrics();
            await app.StartListeningAsync();
            // Its unit is of Type=notify; anywhere else this does nothing.
            new SystemdNotifier().Notify(ServiceState.Ready);
            app.Lifetime.ApplicationStopping.Register(() => new SystemdNotifier().Notify(ServiceState.Stopping));
            var reloading = hangup.RunAsync(() => SettingsReload.Run(app, args), app.Lifetime.ApplicationStopping);
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

    /// <summary>Puts the service together.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="replace">Puts other services in the place of some, such as a clock that a test moves.</param>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = Startup.CreateBuilder(args);
        var (options, embeddedRelay) = builder.ReadOptions();

        builder.AddLogs();
        builder.AddListeners(options);
        builder.AddRooms();
        if (embeddedRelay is not null) builder.AddEmbeddedRelay(embeddedRelay);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(provider => new IceServers(
            options.Ice, IceSecrets.Current(options.Ice), provider.GetRequiredService<RelayRegistry>(), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(options.Relays);
        builder.Services.AddSingleton<RelayRegistry>();
        builder.Services.AddSingleton<FleetEndpoint>();
        builder.Services.AddHostedService<RelayMoves>();
        builder.Services.AddSingleton(options.Limits);
        builder.Services.AddSingleton(new SettingsInUse(options));
        builder.Services.AddSingleton<SignallingMetrics>();
        builder.Services.AddSingleton(new Proxies(options.Proxies));
        builder.Services.AddSingleton(new IdleConnections(options.Limits.IdleConnections, options.Limits.IdleConnectionsPerAddress));
        builder.Services.AddSingleton<ConnectionGate>();
        builder.Services.AddSingleton<KeptBytes>();
        builder.Services.AddSingleton(provider => new NetworkRates(options.Limits.JoinsPerAddress, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<SessionDirectory>();
        builder.Services.AddSingleton<ISessionRouter, LocalSessionRouter>();
        builder.Services.AddSingleton<SessionHost>();
        builder.Services.AddSingleton<ConnectionRegistry>();
        builder.Services.AddSingleton(new HostCheck(options.Origins));
        builder.Services.AddSingleton<WebSocketEndpoint>();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        ConnectionGate.Use(app);
        app.UseSecurityHeaders();
        HostCheck.Use(app);
        Proxies.Use(app);
        app.UseFleetListener();
        WebRoot.Use(app, WebRoot.Folder);
        WebSocketEndpoint.Map(app);
        app.MapHealth();
        app.MapRelayHealth();
        FleetEndpoint.Map(app);
        app.CloseConnectionsOnStop();
        return app;
    }
}
