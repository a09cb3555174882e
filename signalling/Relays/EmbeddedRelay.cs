using Causeway.Relay.Hosting;
using Causeway.Turn.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Relays;

/// <summary>
/// A relay in this process, so that one command runs everything on a developer's machine. It starts before and stops after the web server.
/// </summary>
internal sealed class EmbeddedRelay(IOptions<RelayOptions> options, ILoggerFactory loggers, TimeProvider time)
    : IHostedService, IAsyncDisposable
{
    /// <summary>Gets the running relay; null before it has started.</summary>
    public RelayHost? Host { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken) =>
        Host = await RelayHost.StartAsync(options.Value, loggers, time, cancellationToken);

    /// <summary>Applies other settings, all or none (<see cref="RelayHost.Reload"/>).</summary>
    /// <returns>One line for each mistake.</returns>
    public IReadOnlyList<string> Reload(RelayOptions read) => Host?.Reload(read) ?? [];

    public Task StopAsync(CancellationToken cancellationToken) => Host?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => Host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
