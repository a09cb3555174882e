using System.Net;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace Causeway.Signalling.Rooms;

/// <summary>The Orleans silo in this process, which runs the rooms. It is a cluster of one and opens no port.</summary>
internal static class Silo
{
    /// <summary>Adds the silo.</summary>
    public static void AddRooms(this WebApplicationBuilder builder)
    {
        // Orleans uses the system's clock even if a test replaces signalling's: its housekeeping depends on it.
        builder.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(gatewayPort: 0);
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
            ListenNowhere(silo.Services);
        });
    }

    // Orleans listens for other silos through factories that it registers under its own keys. There are no other silos: two instances on
    // one machine must not collide on its well-known port, and no one else should reach it.
    private static void ListenNowhere(IServiceCollection services)
    {
        foreach (var listener in services.Where(s => s.IsKeyedService && s.ServiceType == typeof(IConnectionListenerFactory)).ToList())
        {
            services.Remove(listener);
            services.AddKeyedSingleton<IConnectionListenerFactory>(listener.ServiceKey, (_, _) => new NoListenerFactory());
        }
    }

    private sealed class NoListenerFactory : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IConnectionListener>(new NoListener(endpoint));
    }

    private sealed class NoListener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            new(_unbound.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
