using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines;

/// <summary>
/// Follows the addresses of this host's interfaces: the system says when one came or went, and they are looked at every second besides, because it does not say so
/// of every change on every system. Looking allocates nothing while they stay the same.
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

    /// <summary>Looks once, and from then on.</summary>
    /// <param name="changed">Is told all addresses, at once and whenever they differ; one call at a time.</param>
    /// <param name="failed">Is told what <paramref name="changed"/> or the system threw; the watch goes on.</param>
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
            // The look each second remains.
        }

        _timer = time.CreateTimer(static watch => ((HostAddressWatch)watch!).Look(), this, Interval, Interval);
    }

    /// <summary>The addresses that were told last, of all interfaces and both families, link-local ones too.</summary>
    public IReadOnlyList<IpAddress> Current => Volatile.Read(ref _known);

    /// <summary>Tells nothing from now on.</summary>
    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnChanged;
        _timer.Dispose();
        lock (_looking) _disposed = true;
    }

    private void OnChanged(object? sender, EventArgs args) => Look();

    /// <summary>Looks now.</summary>
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
#pragma warning disable CA1031 // A timer's exception would end the process; the host is told.
            catch (Exception failure)
            {
                _failed(failure);
            }
#pragma warning restore CA1031
        }
    }
}
