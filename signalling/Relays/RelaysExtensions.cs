using Causeway.Signalling.Options;

namespace Causeway.Signalling.Relays;

/// <summary>The relays that clients use: those that send heartbeats, and the one in this process.</summary>
internal static class RelaysExtensions
{
    private const string EmbeddedRelay = $"{SignallingOptions.Section}:{nameof(SignallingOptions.EmbeddedRelay)}";

    /// <summary>Whether the settings ask for a relay in this process.</summary>
    public static bool HasEmbeddedRelay(this IConfiguration settings) => bool.TryParse(settings[EmbeddedRelay], out var on) && on;

    public static void AddRelays(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RelayRegistry>();
        builder.Services.AddSingleton<FleetEndpoint>();
        if (!builder.Configuration.HasEmbeddedRelay()) return;
        builder.Services.AddSingleton<EmbeddedRelay>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EmbeddedRelay>());
    }

    /// <summary>Hides everything but heartbeats from the heartbeat listener.</summary>
    public static void UseFleetListener(this IApplicationBuilder app) => app.Use(FleetListener.InvokeAsync);

    /// <summary>Maps <c>/relays/heartbeat</c> and <c>/relays/admission</c>.</summary>
    public static void MapFleet(this IEndpointRouteBuilder app) => app.ServiceProvider.GetRequiredService<FleetEndpoint>().Map(app);
}
