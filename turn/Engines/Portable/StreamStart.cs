using System.Net.Sockets;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Reads how a connection begins. The time for it is that of the handshake: the connection is closed at its end.</summary>
internal static class StreamStart
{
    /// <summary>Reads the PROXY header of a connection, and no byte more.</summary>
    /// <returns>Incomplete when the connection ends before the header does.</returns>
    public static async Task<(ProxyHeaderState State, ProxyHeader Header)> ReadProxyHeaderAsync(Socket socket)
    {
        var received = Array.Empty<byte>();
        var have = 0;
        while (true)
        {
            var state = ProxyHeader.Read(received.AsSpan(0, have), out var header, out var needed);
            if (state != ProxyHeaderState.Incomplete) return (state, header);

            if (received.Length < needed) Array.Resize(ref received, needed);
            var read = await socket.ReceiveAsync(received.AsMemory(have), SocketFlags.None);
            if (read == 0) return (ProxyHeaderState.Incomplete, default);
            have += read;
        }
    }

    /// <summary>Whether the client begins with TLS. Waits for its first byte and leaves it in the socket.</summary>
    /// <returns>False also when the client has closed the connection.</returns>
    public static async Task<bool> IsTlsAsync(Socket socket)
    {
        var first = new byte[1];
        return await socket.ReceiveAsync(first, SocketFlags.Peek) == 1 && StreamFraming.IsTls(first[0]);
    }
}
