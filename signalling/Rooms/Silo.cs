using System.Net;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace Causeway.Signalling.Rooms;

/// <summary>The Orleans silo in this process that holds the rooms. It is a cluster of one, so nobody has to reach it: it opens no port.</summary>
internal static class Silo
{
    /// <summary>Adds the silo.</summary>
    public static void AddRooms(this WebApplicationBuilder builder)
    {
        // Orleans keeps its own time, so that a test that moves signalling's clock does not starve the silo's housekeeping.
        builder.Services.AddKeyedSingleton(KeyedService.AnyKey, (_, _) => TimeProvider.System);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(gatewayPort: 0);
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10));
            ListenNowhere(silo.Services);
        });
    }

    // Orleans listens for other silos by the factories it registers under keys of its own. With none to expect, two instances on one
    // machine must not meet on its well-known port, and nobody else should be able to talk to it.
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
