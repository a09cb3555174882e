using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Client;

/// <summary>Moves whole STUN and ChannelData messages between a client and its server.</summary>
public interface ITurnTransport : IAsyncDisposable
{
    /// <summary>Which transport it is.</summary>
    ClientTransport Transport { get; }

    /// <summary>The client's own address and port.</summary>
    TransportAddress Local { get; }

    /// <summary>Sends one message; callers may overlap.</summary>
    /// <exception cref="TurnException">The server cannot be reached, or the connection is closed.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation);

    /// <summary>Receives one message; one caller at a time. Ends when the transport is disposed.</summary>
    /// <returns>Its length, or -1 when the connection ended.</returns>
    /// <exception cref="Exception">The server cannot be reached, or the transport was closed: <see cref="Explain"/> knows which.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>What an exception of <see cref="ReceiveAsync"/> means.</summary>
    TurnException Explain(Exception failure);
}
