using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Lab.Network.Tests;

/// <summary>Asks a STUN server how a socket looks from its side (RFC 8489 §12, Binding).</summary>
internal static class StunBinding
{
    /// <summary>The mapped address; null when no answer came through, though it was asked several times.</summary>
    public static IPEndPoint? MappedAddress(Socket socket, IPEndPoint server, int attempts = 15)
    {
        var buffer = new byte[512];
        var transaction = TransactionId.Read(RandomNumberGenerator.GetBytes(TransactionId.Length));
        var request = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, transaction);
        request.AddFingerprint();
        request.TryFinish(out var length);
        var sent = buffer[..length];

        for (var attempt = 0; attempt < attempts; attempt++)
        {
            socket.SendTo(sent, server);
            while (socket.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead))
            {
                var answer = socket.Receive(buffer);
                if (StunMessage.TryRead(buffer.AsSpan(0, answer), out var message) && message.TransactionId == transaction
                    && message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped)) return mapped.ToIPEndPoint();
            }
        }

        return null;
    }
}
