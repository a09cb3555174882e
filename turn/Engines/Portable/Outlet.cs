using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines.Portable;

/// <summary>Where a shard sends: a datagram socket, or a client's connection.</summary>
internal abstract class Outlet
{
    /// <summary>Sends one message or drops and counts it; never throws, never waits.</summary>
    /// <param name="message">The message.</param>
    /// <param name="to">The receiver; ignored by a connection.</param>
    /// <param name="addresses">The addresses of the calling loop.</param>
    /// <param name="fields">Fields of the IP header; ignored by a connection, whose packets are the system's own.</param>
    public abstract void Send(
        ReadOnlySpan<byte> message, in TransportAddress to, SendAddresses addresses, in IpFields fields = default);
}
