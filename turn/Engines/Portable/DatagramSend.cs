using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Sends a datagram and returns the system's error if it refuses. The framework throws an exception for each error on an unconnected
/// socket, and clients, who choose the peers, can cause any number of them. So on Linux this calls <c>sendto(2)</c> itself, or
/// <c>sendmsg(2)</c> if the datagram's IP header shall contain something else than the system's defaults.
/// </summary>
internal static unsafe partial class DatagramSend
{
    /// <summary>Sends without waiting.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="message">The payload.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="fields">Fields of its IP header; only Linux takes them.</param>
    /// <returns>The result; <see cref="SocketError.OperationAborted"/> on a closed socket.</returns>
    public static SocketError Send(Socket socket, ReadOnlySpan<byte> message, SocketAddress to, in IpFields fields = default) =>
        OperatingSystem.IsLinux() ? SendByLinux(socket, message, to, fields) : SendByFramework(socket, message, to);

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

    private static SocketError SendByLinux(Socket socket, ReadOnlySpan<byte> message, SocketAddress to, in IpFields fields)
    {
        try
        {
            var address = to.Buffer.Span[..to.Size];
            var sent = fields == default
                ? SendTo(socket.SafeHandle, message, (nuint)message.Length, LinuxSocket.DontWait, address, (uint)address.Length)
                : SendWithFields(socket.SafeHandle, message, address, to.Family == AddressFamily.InterNetworkV6, fields);
            return sent >= 0 ? SocketError.Success : LinuxErrors.Reason(Marshal.GetLastPInvokeError());
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }
    }

    private static nint SendWithFields(
        SafeSocketHandle socket, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> address, bool ipv6, in IpFields fields)
    {
        var control = stackalloc nuint[ControlMessages.FieldsWords];
        fixed (byte* bytes = payload, name = address)
        {
            var part = new MessagePart { Bytes = bytes, Length = (nuint)payload.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)address.Length,
                Parts = &part,
                PartCount = 1,
                Control = (byte*)control,
                ControlLength = (nuint)ControlMessages.WriteFields((byte*)control, fields, ipv6),
            };
            return SendMessage(socket, &message, LinuxSocket.DontWait);
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(
        SafeSocketHandle socket, ReadOnlySpan<byte> message, nuint length, int flags, ReadOnlySpan<byte> address, uint addressLength);
}
