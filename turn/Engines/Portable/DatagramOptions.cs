using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Options of datagram sockets that the framework doesn't offer. The numbers are from Linux's asm-generic/socket.h, linux/in.h and
/// linux/in6.h; the same on x64 and arm64.
/// </summary>
internal static class DatagramOptions
{
    private const int SolSocket = 1;
    private const int SoMemInfo = 55;
    private const int IpProtocol = 0;
    private const int IpMtuDiscover = 10;
    private const int IPv6Protocol = 41;
    private const int IPv6MtuDiscover = 23;

    private const int IpReceiveTrafficClass = 13;
    private const int IpReceiveHopLimit = 12;
    private const int IPv6ReceiveTrafficClass = 66;
    private const int IPv6ReceiveHopLimit = 51;

    // For both families: without DF, using the path's MTU from ICMP; with DF, refusing what is too long for the path.
    private const int Dont = 0;
    private const int Do = 2;

    // IPv4 only: without DF, ignoring ICMP. Routers on the path fragment, so there is nothing to learn, and forged ICMP has no effect.
    private const int Omit = 5;

    // linux/sock_diag.h: nine 32-bit numbers; the last one counts drops.
    private const int MemInfoLength = 9 * sizeof(uint);
    private const int MemInfoDrops = 8 * sizeof(uint);

    /// <summary>
    /// Sets whether sent datagrams may be fragmented. By default Linux forbids it (path MTU discovery, RFC 1191), and where ICMP is
    /// blocked, every datagram too long for the path is lost.
    /// </summary>
    /// <returns>Whether the system supports it.</returns>
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

    /// <summary>Makes the system report the IP fields of received datagrams.</summary>
    /// <returns>Whether the system supports it.</returns>
    public static bool TryReceiveFields(Socket socket, IpFamily family) =>
        family == IpFamily.IPv6
            ? TryEnable(socket, ControlMessages.IPv6Level, IPv6ReceiveTrafficClass)
                && TryEnable(socket, ControlMessages.IPv6Level, IPv6ReceiveHopLimit)
            : TryEnable(socket, ControlMessages.IpLevel, IpReceiveTrafficClass)
                && TryEnable(socket, ControlMessages.IpLevel, IpReceiveHopLimit);

    /// <summary>
    /// Makes the system queue the ICMP errors for sent datagrams (<see cref="ErrorQueue"/>). Each also fails one later call on the socket,
    /// whatever that is about.
    /// </summary>
    /// <returns>Whether the system supports it.</returns>
    public static bool TryReceiveErrors(Socket socket, IpFamily family) =>
        family == IpFamily.IPv6
            ? TryEnable(socket, ControlMessages.IPv6Level, ControlMessages.IPv6ReceiveErrors)
            : TryEnable(socket, ControlMessages.IpLevel, ControlMessages.IpReceiveErrors);

    /// <summary>
    /// Reads how many datagrams the system dropped since the socket was opened because its receive buffer was full. Unlike SO_RXQ_OVFL it
    /// needs no later datagram. The 32-bit number wraps around.
    /// </summary>
    /// <returns>Whether the system reports it.</returns>
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

    private static bool TryEnable(Socket socket, int level, int option)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            Set(socket, level, option, 1);
            return true;
        }
        catch (SocketException)
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
