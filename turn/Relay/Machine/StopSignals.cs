using System.Runtime.InteropServices;

namespace Causeway.Relay.Machine;

/// <summary>SIGTERM and SIGINT: the first one asks to stop gracefully, the second one at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _askedSource = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle), PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle)];

    /// <summary>Completes with the first signal.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken AskedToken => _askedSource.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    /// <summary>Asks to stop gracefully, as the first signal does.</summary>
    public void Ask()
    {
        if (_asked.TrySetResult()) _askedSource.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _askedSource.Dispose();
        _atOnce.Dispose();
    }

    private void Handle(PosixSignalContext signal)
    {
        // The framework would end the process otherwise.
        signal.Cancel = true;
        if (_asked.TrySetResult()) _askedSource.Cancel();
        else _atOnce.Cancel();
    }
}
