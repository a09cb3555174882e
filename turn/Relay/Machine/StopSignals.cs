using System.Runtime.InteropServices;

namespace Causeway.Relay.Machine;

/// <summary>SIGTERM and SIGINT: the first one requests a graceful stop, the second one an immediate stop.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _requestedSource = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
    ];

    /// <summary>Completes with the first signal.</summary>
    public Task Requested => _requested.Task;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken RequestedToken => _requestedSource.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    /// <summary>Requests a graceful stop, like the first signal.</summary>
    public void Request()
    {
        if (_requested.TrySetResult()) _requestedSource.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _requestedSource.Dispose();
        _atOnce.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        // Otherwise the framework ends the process.
        signal.Cancel = true;
        if (_requested.TrySetResult()) _requestedSource.Cancel();
        else _atOnce.Cancel();
    }
}
