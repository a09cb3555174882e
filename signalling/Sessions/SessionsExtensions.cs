using Causeway.Signalling.Rooms;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>The members' sessions and the WebSockets that carry them.</summary>
internal static class SessionsExtensions
{
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<ISessionRouter, LocalSessionRouter>();
        services.AddSingleton<SessionHost>();
        services.AddSingleton<SignalForwarder>();
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<OriginCheck>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddHostedService<RelayMoves>();
    }

    /// <summary>Adds the framework's WebSockets, with a meter of the frames below each.</summary>
    public static void UseMeteredWebSockets(this IApplicationBuilder app)
    {
        app.UseMeteredUpgrades();
        app.UseWebSockets();
    }

    /// <summary>Maps <c>/ws</c>.</summary>
    public static void MapSessions(this IEndpointRouteBuilder app) =>
        app.Map(SignallingProtocol.Path, app.ServiceProvider.GetRequiredService<WebSocketEndpoint>().InvokeAsync);
}
