using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Client;

/// <summary>Transfers whole STUN and ChannelData messages between a client and its server.</summary>
public interface ITurnTransport : IAsyncDisposable
{
    /// <summary>The transport.</summary>
    ClientTransport Transport { get; }

    /// <summary>The client's own address and port.</summary>
    TransportAddress Local { get; }

    /// <summary>Sends one message; calls may overlap.</summary>
    /// <exception cref="TurnException">The server can't be reached, or the connection is closed.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Receives one message; one call at a time. Disposing the transport ends it.</summary>
    /// <returns>The message's length, or -1 when the connection ended.</returns>
    /// <exception cref="Exception">The server can't be reached, or the transport was closed; <see cref="Explain"/> tells which.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Explains an exception of <see cref="ReceiveAsync"/>.</summary>
    TurnException Explain(Exception failure);
}
