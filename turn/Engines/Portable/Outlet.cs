using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>What a shard sends by: a datagram socket, or a client's connection.</summary>
internal abstract class Outlet
{
    /// <summary>Sends one message or drops and counts it; never throws, never waits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="to">The receiver; a connection knows it already.</param>
    /// <param name="addresses">The calling loop's own.</param>
    public abstract void Send(ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses);
}
