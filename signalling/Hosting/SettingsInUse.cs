using Causeway.Signalling.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>The settings of the start, and the limits in use: a reload brings others.</summary>
/// <param name="started">The settings that the service was started with; what a reload does not take over is as it is here.</param>
internal sealed class SettingsInUse(SignallingOptions started)
{
    private volatile SignallingLimitOptions _limits = started.Limits;

    /// <summary>The settings that the service was started with.</summary>
    public SignallingOptions Started => started;

    /// <summary>
    /// What clients must keep to now. A session is told its limits when it begins, and keeps them; what is bounded together (sessions, connections) has its own copy.
    /// </summary>
    public SignallingLimitOptions Limits
    {
        get => _limits;
        set => _limits = value;
    }
}
