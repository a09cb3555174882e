using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Receives datagrams without waiting; on Linux without an exception when the queue is empty, and with their IP fields.</summary>
internal static unsafe class DatagramReceive
{
    /// <summary>Receives one datagram.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="room">The buffer; what doesn't fit is lost.</param>
    /// <param name="from">Is set to the sender.</param>
    /// <param name="length">How many bytes were written.</param>
    /// <param name="fields">The fields of its IP header, as far as <see cref="DatagramOptions.TryReceiveFields"/> enabled them.</param>
    /// <returns>The result; <see cref="SocketError.WouldBlock"/> when the queue is empty.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static SocketError Receive(Socket socket, Span<byte> room, SocketAddress from, out int length, out IpFields fields)
    {
        if (OperatingSystem.IsLinux()) return ReceiveByLinux(socket, room, from, out length, out fields);
        fields = default;
        return ReceiveByFramework(socket, room, from, out length);
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

    private static SocketError ReceiveByLinux(Socket socket, Span<byte> room, SocketAddress from, out int length, out IpFields fields)
    {
        var control = stackalloc nuint[ControlMessages.FieldsWords];
        fixed (byte* bytes = room, name = from.Buffer.Span)
        {
            var part = new MessagePart { Bytes = bytes, Length = (nuint)room.Length };
            var message = new MessageHeader
            {
                Name = name,
                NameLength = (uint)from.Buffer.Length,
                Parts = &part,
                PartCount = 1,
                Control = (byte*)control,
                ControlLength = ControlMessages.FieldsWords * (nuint)sizeof(nuint),
            };
            length = (int)LinuxSocket.ReceiveMessage(socket.SafeHandle, &message, LinuxSocket.DontWait);
            fields = length >= 0 ? ControlMessages.ReadFields(message) : default;
            return length >= 0 ? SocketError.Success : LinuxErrors.Reason(Marshal.GetLastPInvokeError());
        }
    }
}
