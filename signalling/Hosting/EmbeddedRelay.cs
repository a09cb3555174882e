using Causeway.Relay.Hosting;
using Causeway.Relay.Settings;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>A relay in this process, so that one command runs everything on a developer's machine. It starts before and stops after what hands it out.</summary>
internal sealed class EmbeddedRelay(RelayOptions options, ILoggerFactory loggers, TimeProvider time) : IHostedService, IAsyncDisposable
{
    /// <summary>The running relay; null before it has started.</summary>
    public RelayHost? Host { get; private set; }

    /// <summary>Everything that is wrong with the relay's settings, also beside signalling's.</summary>
    public static IEnumerable<string> Mistakes(RelayOptions relay, IceOptions ice)
    {
        foreach (var mistake in RelayOptionsValidator.Validate(relay)) yield return mistake;

        // Files may be replaced; what stands in the settings can be compared.
        if (relay.SecretsFile is null && ice.Secrets is [var signing, ..] && relay.Secrets.Count > 0 && !relay.Secrets.Contains(signing))
            yield return "signalling.ice.secrets[0]: is none of relay.secrets, so the relay in this process would refuse every credential; give both the same";
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken) => Host = await RelayHost.StartAsync(options, loggers, time, cancellationToken);

    /// <summary>Takes other settings over, all or none (<see cref="RelayHost.Reload"/>).</summary>
    /// <returns>What is wrong with them, as lines.</returns>
    public IReadOnlyList<string> Reload(RelayOptions read) => Host?.Reload(read) ?? [];

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Host?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Host?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Adds the embedded relay.</summary>
internal static class EmbeddedRelayExtensions
{
    /// <summary>Hosts a relay in this process.</summary>
    public static void AddEmbeddedRelay(this WebApplicationBuilder builder, RelayOptions options)
    {
        builder.Services.AddSingleton(provider => new EmbeddedRelay(options, provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<EmbeddedRelay>());
    }
}
