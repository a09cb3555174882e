using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Where a shard sends: a datagram socket, or a client's connection.</summary>
internal abstract class Outlet
{
    /// <summary>Sends one message or drops and counts it; never throws, never waits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="to">The receiver; ignored by a connection.</param>
    /// <param name="addresses">The addresses of the calling loop.</param>
    public abstract void Send(ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses);
}
