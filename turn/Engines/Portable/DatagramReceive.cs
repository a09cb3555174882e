using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Receives datagrams without waiting; on Linux without an exception when the queue is empty.</summary>
internal static partial class DatagramReceive
{
    // From Linux's linux/socket.h; the same on x64 and arm64.
    private const int DontWait = 0x40;

    /// <summary>Receives one datagram.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="room">The buffer; what doesn't fit is lost.</param>
    /// <param name="from">Is set to the sender.</param>
    /// <param name="length">How many bytes were written.</param>
    /// <returns>The result; <see cref="SocketError.WouldBlock"/> when the queue is empty.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static SocketError Receive(Socket socket, Span<byte> room, SocketAddress from, out int length)
    {
        if (!OperatingSystem.IsLinux()) return ReceiveByFramework(socket, room, from, out length);

        var address = from.Buffer.Span;
        var addressLength = (uint)address.Length;
        length = (int)ReceiveFrom(socket.SafeHandle, room, (nuint)room.Length, DontWait, address, ref addressLength);
        return length >= 0 ? SocketError.Success : LinuxErrors.Reason(Marshal.GetLastPInvokeError());
    }

    internal static SocketError ReceiveByFramework(Socket socket, Span<byte> room, SocketAddress from, out int length)
    {
        length = 0;
        try
        {
            length = socket.ReceiveFrom(room, SocketFlags.None, from);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(
        SafeSocketHandle socket, Span<byte> room, nuint length, int flags, Span<byte> address, ref uint addressLength);
}
