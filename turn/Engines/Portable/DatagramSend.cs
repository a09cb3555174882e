using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Sends a datagram and returns the system's error if it refuses. The framework throws an exception for each error on an unconnected
/// socket, and clients, who choose the peers, can cause any number of them. So on Linux this calls <c>sendto(2)</c> itself.
/// </summary>
internal static partial class DatagramSend
{
    // From Linux's linux/socket.h; the same on x64 and arm64.
    private const int DontWait = 0x40;

    /// <summary>Sends without waiting.</summary>
    /// <returns>The result; <see cref="SocketError.OperationAborted"/> on a closed socket.</returns>
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
    private static partial nint SendTo(
        SafeSocketHandle socket, ReadOnlySpan<byte> message, nuint length, int flags, ReadOnlySpan<byte> address, uint addressLength);
}
