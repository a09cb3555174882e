using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Causeway.Turn.Engines.Portable;

/// <summary>A call of Linux that the framework doesn't offer. The flags are from linux/socket.h; the same on x64 and arm64.</summary>
internal static unsafe partial class LinuxSocket
{
    public const int DontWait = 0x40;

    public const int FromErrorQueue = 0x2000;

    /// <summary>Receives a message with its control messages; below zero for an error.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeSocketHandle socket, MessageHeader* message, int flags);
}
