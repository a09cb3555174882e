using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Causeway.Relay.Machine;

/// <summary>
/// SIGHUP, which asks a service to read its settings again. From a terminal that was closed it means what it always meant: that the
/// program is to end. Signalling
/// uses it too.
/// </summary>
internal sealed class HangupSignal : IDisposable
{
    // Whoever asks while settings are being read has them read once more.
    private readonly Channel<bool> _asked =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PosixSignalRegistration? _registration;
    private readonly bool _hadTerminal = HasTerminal();
    private readonly Action _terminalClosed;

    /// <summary>From now on the signal does not end the process.</summary>
    /// <param name="terminalClosed">What to do when the terminal is closed that the process was started from.</param>
    public HangupSignal(Action terminalClosed)
    {
        _terminalClosed = terminalClosed;
        // On Windows it is the console that closes, and nothing else.
        if (!OperatingSystem.IsWindows()) _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle);
    }

    /// <summary>Calls <paramref name="reload"/> for each signal, also for one that came before, until it is cancelled.</summary>
    public async Task RunAsync(Action reload, CancellationToken cancellation)
    {
        try
        {
            while (await _asked.Reader.WaitToReadAsync(cancellation))
            {
                _asked.Reader.TryRead(out _);
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
        _asked.Writer.TryComplete();
    }

    private void Handle(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_hadTerminal && !HasTerminal()) _terminalClosed();
        else _asked.Writer.TryWrite(true);
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
