using System.Net.Sockets;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Reads how a connection begins. The time for it is that of the handshake: the connection is closed at its end.</summary>
internal static class StreamStart
{
    /// <summary>Whether the client begins with TLS. Waits for its first byte and leaves it in the socket.</summary>
    /// <returns>False also when the client has closed the connection.</returns>
    public static async Task<bool> IsTlsAsync(Socket socket)
    {
        var first = new byte[1];
        return await socket.ReceiveAsync(first, SocketFlags.Peek) == 1 && StreamFraming.IsTls(first[0]);
    }
}
