using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Tests.Service;

/// <summary>Options for what a test creates itself.</summary>
internal sealed class TestSettings(SignallingOptions value) : IOptions<SignallingOptions>, IOptionsMonitor<SignallingOptions>
{
    public SignallingOptions Value => value;

    public SignallingOptions CurrentValue => value;

    public SignallingOptions Get(string? name) => value;

    public IDisposable? OnChange(Action<SignallingOptions, string?> listener) => null;

    public static TestSettings Of(SignallingLimitOptions limits) => new(new() { Limits = limits });

    public static TestSettings Of(RelayFleetOptions relays) => new(new() { Relays = relays });

    public static TestSettings Of(IceOptions ice) => new(new() { Ice = ice });

    /// <summary>Metrics that nothing collects.</summary>
    public static SignallingMetrics Metrics() => ActivatorUtilities.CreateInstance<SignallingMetrics>(
        new ServiceCollection().AddMetrics().BuildServiceProvider());
}
