using System.Net.Sockets;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Maps Linux's <c>errno</c> to the framework's errors. From asm-generic/errno.h; the same on x64 and arm64.</summary>
internal static class LinuxErrors
{
    public static SocketError Reason(int error) => error switch
    {
        11 => SocketError.WouldBlock, // EAGAIN
        105 => SocketError.NoBufferSpaceAvailable, // ENOBUFS
        90 => SocketError.MessageSize, // EMSGSIZE
        1 or 13 => SocketError.AccessDenied, // EPERM, of a packet filter, and EACCES
        22 => SocketError.InvalidArgument, // EINVAL
        101 => SocketError.NetworkUnreachable, // ENETUNREACH
        113 => SocketError.HostUnreachable, // EHOSTUNREACH
        111 => SocketError.ConnectionRefused, // ECONNREFUSED
        92 => SocketError.ProtocolOption, // ENOPROTOOPT
        112 => SocketError.HostDown, // EHOSTDOWN
        12 => SocketError.NoBufferSpaceAvailable, // ENOMEM
        95 => SocketError.OperationNotSupported, // EOPNOTSUPP
        _ => SocketError.SocketError,
    };
}
