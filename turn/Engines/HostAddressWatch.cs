using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>
/// Watches the addresses of this host's interfaces: by the system's notifications, and by polling every second, because not every system
/// reports every change. Polling allocates nothing while the addresses stay the same.
/// </summary>
public sealed class HostAddressWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Action<IReadOnlyList<IpAddress>> _changed;
    private readonly Action<Exception> _failed;
    private readonly Lock _looking = new();
    private readonly List<IpAddress> _seen = [];
    private readonly ITimer _timer;
    private IpAddress[] _known = [];
    private bool _disposed;

    /// <summary>Reads the addresses, and watches them from then on.</summary>
    /// <param name="changed">Gets all addresses, at once and after each change; one call at a time.</param>
    /// <param name="failed">Gets exceptions of <paramref name="changed"/> and of the system; the watch continues.</param>
    /// <param name="time">The clock.</param>
    public HostAddressWatch(Action<IReadOnlyList<IpAddress>> changed, Action<Exception> failed, TimeProvider time)
    {
        (_changed, _failed) = (changed, failed);
        Look();
        try
        {
            NetworkChange.NetworkAddressChanged += OnChanged;
        }
        catch (Exception refused) when (refused is NetworkInformationException or PlatformNotSupportedException)
        {
            // Polling remains.
        }

        _timer = time.CreateTimer(static watch => ((HostAddressWatch)watch!).Look(), this, Interval, Interval);
    }

    /// <summary>The last known addresses of all interfaces in both families, including link-local ones.</summary>
    public IReadOnlyList<IpAddress> Current => Volatile.Read(ref _known);

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnChanged;
        _timer.Dispose();
        lock (_looking) _disposed = true;
    }

    private void OnChanged(object? sender, EventArgs args) => Look();

    /// <summary>Reads the addresses now.</summary>
    internal void Look()
    {
        lock (_looking)
        {
            if (_disposed) return;
            try
            {
                _seen.Clear();
                InterfaceAddresses.AddTo(_seen);
                if (_known.Length > 0 && CollectionsMarshal.AsSpan(_seen).SequenceEqual(_known)) return;
                Volatile.Write(ref _known, _seen.ToArray());
                _changed(_known);
            }
#pragma warning disable CA1031 // An exception of a timer would end the process; it is reported.
            catch (Exception failure)
            {
                _failed(failure);
            }
#pragma warning restore CA1031
        }
    }
}
