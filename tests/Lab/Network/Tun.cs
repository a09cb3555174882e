using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Causeway.Lab.Network;

/// <summary>
/// A network device of a host whose other end is a file of this process: each read is one IP packet, each write too (Linux' tuntap,
/// IFF_TUN).
/// </summary>
internal sealed partial class Tun : IDisposable
{
    private const uint SetInterface = 0x4004_54CA;                      // TUNSETIFF
    private const ushort OnlyPackets = 0x0001 | 0x1000;                 // IFF_TUN | IFF_NO_PI
    private const short Readable = 0x001, Broken = 0x008 | 0x010 | 0x020; // POLLIN; POLLERR | POLLHUP | POLLNVAL

    private readonly SafeFileHandle _file;

    /// <summary>Makes the device, which goes when this is disposed.</summary>
    public Tun(Host host, string device)
    {
        Assert.SkipUnless(
            File.Exists("/dev/net/tun"), "A link with delay needs TUN devices, and /dev/net/tun is missing: modprobe tun.");
        _file = host.Call(() => Open(device));
        host.Namespace.Ip($"link set {device} up");
    }

    /// <summary>Takes the next packet; waits when there is none. 0 when the device was removed.</summary>
    public int Read(Span<byte> packet) => (int)Math.Max(0, Read(_file, packet, (nuint)packet.Length));

    /// <summary>Hands a packet to the host's network; a device that is down loses it, as a real one does.</summary>
    public void Write(ReadOnlySpan<byte> packet) => _ = Write(_file, packet, (nuint)packet.Length);

    /// <summary>Waits until a device has a packet, the event is signalled, or the time is over.</summary>
    /// <returns>Whether each device has a packet; null when one was removed or the event was signalled.</returns>
    public static (bool One, bool Other)? Wait(Tun one, Tun other, SafeFileHandle stop, TimeSpan? atMost)
    {
        Span<Polled> polled = [new(one._file), new(other._file), new(stop)];
        // Rounded up: awake too early means to go round again for nothing.
        var milliseconds = atMost is { } time ? (int)Math.Ceiling(Math.Max(0, time.TotalMilliseconds)) : -1;
        _ = Poll(ref polled[0], (nuint)polled.Length, milliseconds);
        if (polled[2].Seen != 0 || ((polled[0].Seen | polled[1].Seen) & Broken) != 0) return null;
        return ((polled[0].Seen & Readable) != 0, (polled[1].Seen & Readable) != 0);
    }

    /// <summary>An event for <see cref="Wait"/>.</summary>
    public static SafeFileHandle NewEvent() => new(EventFd(0, 0x8_0000 /* EFD_CLOEXEC */), ownsHandle: true);

    /// <summary>Signals an event.</summary>
    public static void Signal(SafeFileHandle stop)
    {
        Span<byte> one = stackalloc byte[8];
        one[0] = 1;
        _ = Write(stop, one, 8);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string device)
    {
        var file = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // struct ifreq: the name in 16 bytes, then the flags.
        Span<byte> request = stackalloc byte[40];
        request.Clear();
        Encoding.ASCII.GetBytes(device, request);
        BitConverter.TryWriteBytes(request[16..], OnlyPackets);
        if (Control(file, SetInterface, ref request[0]) == 0) return file;
        file.Dispose();
        throw new InvalidOperationException($"TUNSETIFF of {device} failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    // struct pollfd.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Polled(SafeFileHandle file)
    {
        private readonly int _file = (int)file.DangerousGetHandle();
        private readonly short _wanted = Readable;
        public readonly short Seen;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref byte argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, Span<byte> buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Polled polled, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);
}
