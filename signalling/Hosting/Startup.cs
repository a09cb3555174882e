using Causeway.Relay.Diagnostics;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>The parts of the program's start that do not depend on what it serves.</summary>
internal static class Startup
{
    // How long stopping may take. Connections are closed well before.
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Creates a builder with this program's sources of settings, and none of the framework's.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var settings = SettingsSources.Load(args);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = settings["environment"] ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
                ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopDeadline);
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>Adds the log, on the console, and the metrics.</summary>
    public static void AddDiagnostics(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SignallingMetrics>();
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Causeway", LogLevel.Information);
        // Its first check counts from the start of the machine and always finds itself late.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // It scores this machine's pauses for the other silos of a cluster. There are none.
        builder.Logging.AddFilter("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor", LogLevel.Error);
        // It recommends the server garbage collector at every start; for small messages on two processors that only costs memory.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // The program itself reports a failed start.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is >= LogLevel.Warning and < LogLevel.Critical);
        // Last, so that settings win.
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("logging"));
    }

    /// <summary>
    /// Exports metrics to a collector, if the environment names one: this service's, the embedded relay's, Kestrel's, Orleans' and the
    /// runtime's.
    /// </summary>
    public static IDisposable? ExportMetrics(this WebApplication app) => MetricsExport.Start(
        "causeway-signalling",
        app.Services.GetRequiredService<IOptions<SignallingOptions>>().Value.Relays.Generation ?? "",
        [
            SignallingMetrics.MeterName, RelayMetrics.MeterName, MetricsExport.RuntimeMeter, "Microsoft.AspNetCore.Hosting",
            "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Orleans",
        ],
        app.Services.GetRequiredService<ILoggerFactory>());

    /// <summary>Starts the service.</summary>
    /// <exception cref="StartException">It cannot listen.</exception>
    public static async Task StartListeningAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception failure)
            when (ListenFailure.Explain(failure, app.Services.GetRequiredService<IOptions<SignallingOptions>>().Value) is { } explained)
        {
            // Stops in order what started before Kestrel, above all the rooms.
            await app.StopAsync();
            throw explained;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Causeway.Signalling").Listening(string.Join(" ", addresses));
    }
}
