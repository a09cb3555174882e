using Causeway.Blueprint.Ports;

namespace Causeway.Lab.Machine;

/// <summary>The product with its relay, over TCP alone, behind a link that can be torn.</summary>
internal sealed class DetouredService : IAsyncDisposable
{
    private DetouredService(LocalService service, BreakableLink relay) => (Service, Relay) = (service, relay);

    /// <summary>The product.</summary>
    public LocalService Service { get; }

    /// <summary>The only way to the relay.</summary>
    public BreakableLink Relay { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<DetouredService> StartAsync()
    {
        BreakableLink? relay = null;
        try
        {
            var service = await LocalService.StartAsync([Transport.Tcp], plan =>
            {
                relay = new(new Uri($"http://127.0.0.1:{plan.Ports.Transports.Single().Port}"));
                return ["--signalling:ice:turnUrls:0", $"turn:127.0.0.1:{relay.Address.Port}?transport=tcp"];
            });
            return new(service, relay!);
        }
        catch
        {
            if (relay is not null) await relay.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await Service.DisposeAsync();
    }
}
