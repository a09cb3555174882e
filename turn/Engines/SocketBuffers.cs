using System.Net.Sockets;

namespace Causeway.Turn.Engines;

/// <summary>What the system grants of the buffers that a datagram socket asks for.</summary>
public static class SocketBuffers
{
    /// <summary>The smaller one of both ways' buffers, in bytes of the setting; the wish itself where the system does not say.</summary>
    public static int Granted(int bytes)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.ReceiveBufferSize = socket.SendBufferSize = bytes;
            // Linux books twice what it grants, for its own (socket(7)).
            return Math.Min(socket.ReceiveBufferSize, socket.SendBufferSize) / (OperatingSystem.IsLinux() ? 2 : 1);
        }
        catch (SocketException)
        {
            return bytes;
        }
    }
}
