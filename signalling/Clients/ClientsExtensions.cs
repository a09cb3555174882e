namespace Causeway.Signalling.Clients;

/// <summary>Who clients are, and how much each network of them may use.</summary>
internal static class ClientsExtensions
{
    public static void AddClients(this IServiceCollection services)
    {
        services.AddSingleton<Proxies>();
        services.AddSingleton<HostCheck>();
        services.AddSingleton<IdleConnections>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<KeptBytes>();
        services.AddSingleton<NetworkRates>();
    }

    /// <summary>Records requests on their connections, so that idle ones are closed first.</summary>
    public static void UseConnectionGate(this IApplicationBuilder app) => app.Use(ConnectionGate.InvokeAsync);

    /// <summary>Refuses foreign host names on loopback.</summary>
    public static void UseHostCheck(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<HostCheck>().InvokeAsync);

    /// <summary>Takes the client's address from the headers of known proxies.</summary>
    public static void UseProxies(this IApplicationBuilder app) => app.ApplicationServices.GetRequiredService<Proxies>().Use(app);
}
