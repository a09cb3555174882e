using Causeway.Signalling.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// The settings in use: those of the start until a reload publishes others. Unlike the framework's monitor, it never holds invalid
/// settings.
/// </summary>
internal sealed class SettingsInUse(IOptions<SignallingOptions> started) : IOptionsMonitor<SignallingOptions>
{
    private volatile SignallingOptions? _reloaded;
    private event Action<SignallingOptions, string?>? Changed;

    public SignallingOptions CurrentValue => _reloaded ?? started.Value;

    public SignallingOptions Get(string? name) => CurrentValue;

    public IDisposable OnChange(Action<SignallingOptions, string?> listener)
    {
        Changed += listener;
        return new Subscription(() => Changed -= listener);
    }

    /// <summary>
    /// Replaces the settings in use. Listeners hear of it even if nothing differs: files that settings name may have changed.
    /// </summary>
    public void Publish(SignallingOptions settings)
    {
        // First, since a listener can refuse: its files may have become unreadable since the settings were validated.
        Changed?.Invoke(settings, Microsoft.Extensions.Options.Options.DefaultName);
        _reloaded = settings;
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
