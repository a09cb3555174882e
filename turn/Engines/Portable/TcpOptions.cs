using System.Net.Sockets;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// Linux's limits on a client's connection: the bytes in the kernel's buffers, and the time without an acknowledgement. Other systems have
/// none.
/// </summary>
internal static class TcpOptions
{
    // From Linux's linux/tcp.h and asm-generic/socket.h; the same on x64 and arm64.
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const int TcpUserTimeout = 18;
    private const int TcpNotSentLowat = 25;

    // struct tcp_info: tcpi_bytes_acked is the 64-bit number at this offset, since Linux 4.1.
    private const int BytesAckedOffset = 120;

    /// <summary>A TCP socket of a family.</summary>
    public static Socket NewSocket(IpFamily family)
    {
        if (family == IpFamily.IPv4) return new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = false };
    }

    /// <summary>Sets the options of an accepted connection.</summary>
    public static void Set(Socket socket, RelayStreamOptions settings)
    {
        socket.NoDelay = true;
        if (settings.SocketSendBufferBytes > 0) socket.SendBufferSize = settings.SocketSendBufferBytes;
        if (!OperatingSystem.IsLinux()) return;

        Set(socket, TcpNotSentLowat, settings.SocketUnsentBytes);
        Set(socket, TcpUserTimeout, (int)Math.Min(settings.SendTimeout.TotalMilliseconds, int.MaxValue));
    }

    /// <summary>
    /// The bytes that the client has acknowledged since the connection began; -1 if unknown. It grows as long as the client reads.
    /// </summary>
    public static long BytesAcknowledged(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return -1;
        Span<byte> info = stackalloc byte[BytesAckedOffset + sizeof(long)];
        try
        {
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) < info.Length ? -1 : BitConverter.ToInt64(info[BytesAckedOffset..]);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return -1;
        }
    }

    private static void Set(Socket socket, int option, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, value);
        socket.SetRawSocketOption(IpProtoTcp, option, bytes);
    }
}
