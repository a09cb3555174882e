using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Sends a datagram and returns the system's reason when it does not take it. The framework throws an exception for each of these on a socket that is not
/// connected, and clients choose how many there are: they name the peers. So on Linux <c>sendto(2)</c> is called without it.
/// </summary>
internal static partial class DatagramSend
{
    // From Linux's linux/socket.h; the same on x64 and arm64.
    private const int DontWait = 0x40;

    /// <summary>Sends without waiting.</summary>
    /// <returns>Why the datagram was not taken; <see cref="SocketError.OperationAborted"/> on a closed socket.</returns>
    public static SocketError Send(Socket socket, ReadOnlySpan<byte> message, SocketAddress to) =>
        OperatingSystem.IsLinux() ? SendByLinux(socket, message, to) : SendByFramework(socket, message, to);

    internal static SocketError SendByFramework(Socket socket, ReadOnlySpan<byte> message, SocketAddress to)
    {
        try
        {
            socket.SendTo(message, SocketFlags.None, to);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
    }

    private static SocketError SendByLinux(Socket socket, ReadOnlySpan<byte> message, SocketAddress to)
    {
        try
        {
            var address = to.Buffer.Span[..to.Size];
            return SendTo(socket.SafeHandle, message, (nuint)message.Length, DontWait, address, (uint)address.Length) >= 0
                ? SocketError.Success
                : LinuxErrors.Reason(Marshal.GetLastPInvokeError());
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
    }

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(SafeSocketHandle socket, ReadOnlySpan<byte> message, nuint length, int flags, ReadOnlySpan<byte> address, uint addressLength);
}
