using System.Globalization;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Settings;
using Causeway.Signalling.Options;
using Causeway.Signalling.Sessions;
using Causeway.Turn.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Causeway.Signalling.Hosting;

/// <summary>The parts of the program's start and end that are the same for every service.</summary>
internal static class Startup
{
    /// <summary>How long the whole stop may take; connections are cut well before.</summary>
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Makes a builder with the settings' sources in their order and nothing of the framework's own.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var settings = Settings.Load(args);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = settings["environment"] ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
                ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopDeadline);
        return builder;
    }

    /// <summary>Reads and checks the settings of the service, and of the relay when this process hosts one.</summary>
    /// <exception cref="StartException">Something is wrong with them; it names everything.</exception>
    public static (SignallingOptions Signalling, RelayOptions? EmbeddedRelay) ReadOptions(this WebApplicationBuilder builder) =>
        ReadOptions(builder.Configuration, builder.Environment);

    /// <inheritdoc cref="ReadOptions(WebApplicationBuilder)"/>
    public static (SignallingOptions Signalling, RelayOptions? EmbeddedRelay) ReadOptions(IConfiguration configuration, IHostEnvironment environment)
    {
        var mistakes = new List<string>();
        var options = SettingsReader.Read<SignallingOptions>(configuration, SignallingOptions.Section, mistakes);
        var relay = options.EmbeddedRelay ? SettingsReader.Read<RelayOptions>(RelayWith(options.Limits, configuration), RelayOptions.Section, mistakes) : null;
        mistakes.AddRange(SignallingOptionsValidator.Mistakes(options, environment.IsDevelopment()));
        if (relay is not null) mistakes.AddRange(EmbeddedRelay.Mistakes(relay, options.Ice));
        return mistakes.Count == 0 ? (options, relay) : throw new StartException(mistakes);
    }

    // What one client may have of the relay follows from the room's limit, unless the relay's own settings say otherwise.
    private static IConfigurationRoot RelayWith(SignallingLimitOptions limits, IConfiguration configuration) => new ConfigurationBuilder()
        .AddInMemoryCollection(
        [
            new(
                $"{RelayOptions.Section}:{nameof(RelayOptions.Quotas)}:{nameof(RelayQuotaOptions.AllocationsPerSubject)}",
                RelayQuotaOptions.ForRoom(limits.RoomMembers).ToString(CultureInfo.InvariantCulture)),
        ])
        .AddConfiguration(configuration)
        .Build();

    /// <summary>Logs to the console, one line each.</summary>
    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Causeway", LogLevel.Information);
        // Its first check counts from the machine's start and always finds itself late.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // It scores this machine's pauses for the other silos of a cluster to see. There are none.
        builder.Logging.AddFilter("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor", LogLevel.Error);

        // It recommends the server garbage collector at every start; on a host of two processors that serves small messages it would only cost memory.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // A failure to start is put into words by the program itself.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is >= LogLevel.Warning and < LogLevel.Critical);
        // Last, so that settings win.
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("logging"));
    }

    /// <summary>Sends metrics to a collector, when the environment names one: this service's, the embedded relay's, and those of Kestrel, Orleans and the runtime.</summary>
    public static IDisposable? ExportMetrics(this WebApplication app) => MetricsExport.Start(
        "causeway-signalling",
        app.Services.GetRequiredService<SettingsInUse>().Started.Relays.Generation ?? "",
        [SignallingMetrics.Name, RelayMetrics.MeterName, MetricsExport.RuntimeMeter, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.Orleans"],
        app.Services.GetRequiredService<ILoggerFactory>());

    /// <summary>Starts the service.</summary>
    /// <exception cref="StartException">It cannot listen where it should.</exception>
    public static async Task StartListeningAsync(this WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception failure) when (StartException.From(failure) is { } explained)
        {
            // What started before Kestrel, the rooms above all, is stopped in order.
            await app.StopAsync();
            throw explained;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Causeway.Signalling").Listening(string.Join(" ", addresses));
    }

    /// <summary>Tells every client when the server stops, before anything is torn down.</summary>
    public static void CloseConnectionsOnStop(this WebApplication app) =>
        app.Lifetime.ApplicationStopping.Register(app.Services.GetRequiredService<ConnectionRegistry>().Stop);
}
