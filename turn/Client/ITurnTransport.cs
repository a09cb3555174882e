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

    /// <summary>Receives one message; one caller at a time.</summary>
    /// <returns>Its length, or -1 when the connection ended.</returns>
    /// <exception cref="TurnException">The server cannot be reached; a later call may succeed over UDP.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation);
}
