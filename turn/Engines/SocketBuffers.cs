using System.Net.Sockets;

namespace Causeway.Turn.Engines;

/// <summary>The sizes of socket buffers that the system grants.</summary>
public static class SocketBuffers
{
    /// <summary>
    /// The granted size of the smaller buffer of both directions, in bytes; the requested size if the system doesn't tell.
    /// </summary>
    public static int Granted(int bytes)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.ReceiveBufferSize = socket.SendBufferSize = bytes;
            // Linux reports twice what it grants, for its own overhead (socket(7)).
            return Math.Min(socket.ReceiveBufferSize, socket.SendBufferSize) / (OperatingSystem.IsLinux() ? 2 : 1);
        }
        catch (SocketException)
        {
            return bytes;
        }
    }
}
