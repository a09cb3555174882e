using System.Net.Sockets;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>An error for a sent datagram.</summary>
/// <param name="Peer">Where the datagram went; without a port if the host itself refused it.</param>
/// <param name="Icmp">The ICMP error.</param>
/// <param name="IsLocal">Whether the host itself refused the datagram as too big, and the call that sent it failed.</param>
internal readonly record struct QueuedError(TransportAddress Peer, IcmpError Icmp, bool IsLocal);

/// <summary>
/// Reads a socket's error queue on Linux (ip(7), <c>IP_RECVERR</c>): the ICMP errors for datagrams that it sent. It takes no privilege. The
/// control message has the numbers of linux/errqueue.h, the same on x64 and arm64:
/// <code>
/// | errno 4 | origin 1 | type 1 | code 1 | 0 | info 4 | data 4 | address of who reports it |
/// </code>
/// </summary>
internal static unsafe class ErrorQueue
{
    private const int ErrorLength = 16;
    private const byte OriginLocal = 1;
    private const byte OriginIcmp = 2;
    private const byte OriginIcmpIPv6 = 3;
    private const int MessageTooLong = 90; // EMSGSIZE

    // Two addresses of IPv6, and the fields of the ICMP message's own IP header.
    private const int ControlBytes = 256;
    private const int NameBytes = 28;

    /// <summary>Takes the oldest error; false when the queue is empty. An error that isn't ICMP's has type 0: not reported.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static bool TryTake(Socket socket, IpFamily family, out QueuedError error)
    {
        error = default;
        var name = stackalloc byte[NameBytes];
        var control = stackalloc nuint[ControlBytes / sizeof(uint)];
        var message = new MessageHeader { Name = name, NameLength = NameBytes, Control = (byte*)control, ControlLength = ControlBytes };
        if (LinuxSocket.ReceiveMessage(socket.SafeHandle, &message, LinuxSocket.DontWait | LinuxSocket.FromErrorQueue) < 0) return false;

        for (var at = 0; ControlMessages.TryRead(message, ref at, out var level, out var type, out var value);)
        {
            var isError = (level, type) is (ControlMessages.IpLevel, ControlMessages.IpReceiveErrors)
                or (ControlMessages.IPv6Level, ControlMessages.IPv6ReceiveErrors);
            if (isError && value.Length >= ErrorLength)
                error = Read(value, SocketAddresses.Read(new ReadOnlySpan<byte>(name, NameBytes), family));
        }

        return true;
    }

    private static QueuedError Read(ReadOnlySpan<byte> error, in TransportAddress peer)
    {
        var (number, info) = (MemoryMarshal.Read<int>(error), MemoryMarshal.Read<uint>(error[8..]));
        return error[4] switch
        {
            OriginIcmp or OriginIcmpIPv6 => new(peer, new(error[5], error[6], info), IsLocal: false),
            // With DF, too long for what the host knows of the path (RFC 1191, RFC 8201): the router would report the same again.
            OriginLocal when number == MessageTooLong => new(peer, IcmpError.TooBig(peer.Family, info), IsLocal: true),
            _ => new(peer, default, IsLocal: false),
        };
    }
}
