using System.Buffers.Binary;
using System.Net.Sockets;

namespace Causeway.Turn.Engines.Portable;

/// <summary>
/// SO_REUSEPORT: several sockets on one port; the kernel spreads five-tuples over them by hash, each always to the same socket. That keeps
/// a client on one shard without a lookup. Only Linux does so.
/// </summary>
internal static class ReusePort
{
    // From Linux's asm-generic/socket.h; the same on x64 and arm64.
    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    public static bool IsSupported => OperatingSystem.IsLinux();

    public static void Set(Socket socket)
    {
        Span<byte> on = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(on, 1);
        socket.SetRawSocketOption(SolSocket, SoReusePort, on);
    }
}
