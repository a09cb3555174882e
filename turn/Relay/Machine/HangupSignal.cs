using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Causeway.Relay.Machine;

/// <summary>
/// SIGHUP, which makes a service reload its settings. When its terminal is closed, it means that the program must end. Signalling uses it
/// too.
/// </summary>
internal sealed class HangupSignal : IDisposable
{
    // A signal during a reload causes one more reload.
    private readonly Channel<bool> _requests =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PosixSignalRegistration? _registration;
    private readonly bool _hadTerminal = HasTerminal();
    private readonly Action _terminalClosed;

    /// <summary>From now on the signal doesn't end the process.</summary>
    /// <param name="terminalClosed">Called when the process's terminal is closed.</param>
    public HangupSignal(Action terminalClosed)
    {
        _terminalClosed = terminalClosed;
        // On Windows it only means that the console closes.
        if (!OperatingSystem.IsWindows()) _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
    }

    /// <summary>Calls <paramref name="reload"/> for each signal, also for an earlier one, until it is cancelled.</summary>
    public async Task RunAsync(Action reload, CancellationToken cancellation)
    {
        try
        {
            while (await _requests.Reader.WaitToReadAsync(cancellation))
            {
                _requests.Reader.TryRead(out _);
                reload();
            }
        }
        catch (OperationCanceledException)
        {
            // The program stops.
        }
    }

    public void Dispose()
    {
        _registration?.Dispose();
        _requests.Writer.TryComplete();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_hadTerminal && !HasTerminal()) _terminalClosed();
        else _requests.Writer.TryWrite(true);
    }

    private static bool HasTerminal()
    {
        if (OperatingSystem.IsWindows()) return false;
        try
        {
            using var terminal = File.OpenHandle("/dev/tty", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
