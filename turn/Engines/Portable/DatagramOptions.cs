using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Options of datagram sockets that the framework has no word for. Numbers are from Linux's asm-generic/socket.h, linux/in.h and linux/in6.h; the same on x64 and
/// arm64.
/// </summary>
internal static class DatagramOptions
{
    private const int SolSocket = 1;
    private const int SoMemInfo = 55;
    private const int IpProtocol = 0;
    private const int IpMtuDiscover = 10;
    private const int IPv6Protocol = 41;
    private const int IPv6MtuDiscover = 23;

    // Of both families: DF off, and what ICMP said about the path is used; DF on, and what is too long for the path is refused.
    private const int Dont = 0;
    private const int Do = 2;

    // IPv4 only: DF off, and ICMP is not listened to. Routers on the way fragment, so nothing is to be learned, and invented ICMP does nothing.
    private const int Omit = 5;

    // linux/sock_diag.h: nine numbers of 32 bits; the last one is what was dropped.
    private const int MemInfoLength = 9 * sizeof(uint);
    private const int MemInfoDrops = 8 * sizeof(uint);

    /// <summary>
    /// Says whether what is sent may be fragmented on its way. Linux forbids it unless told otherwise (it looks for the path's MTU, RFC 1191), and where ICMP does not
    /// come through, all that is longer than the path takes is lost.
    /// </summary>
    /// <returns>Whether the system can do so.</returns>
    public static bool TrySetFragmentation(Socket socket, IpFamily family, bool allowed)
    {
        try
        {
            if (!OperatingSystem.IsLinux()) socket.DontFragment = !allowed;
            else if (family == IpFamily.IPv6) Set(socket, IPv6Protocol, IPv6MtuDiscover, allowed ? Dont : Do);
            else Set(socket, IpProtocol, IpMtuDiscover, allowed ? Omit : Do);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// How many datagrams the system dropped at a socket since it was made, because its receive buffer was full: what SO_RXQ_OVFL tells, but also when no datagram
    /// comes after those that were lost. 32 bits, and then from zero again.
    /// </summary>
    /// <returns>Whether the system tells.</returns>
    public static bool TryReadDrops(Socket socket, out uint drops)
    {
        drops = 0;
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            Span<byte> info = stackalloc byte[MemInfoLength];
            if (socket.GetRawSocketOption(SolSocket, SoMemInfo, info) < MemInfoLength) return false;
            drops = MemoryMarshal.Read<uint>(info[MemInfoDrops..]);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static void Set(Socket socket, int level, int option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        socket.SetRawSocketOption(level, option, bytes);
    }
}
