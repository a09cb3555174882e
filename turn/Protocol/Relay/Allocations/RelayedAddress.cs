using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>
/// A relayed transport address of an allocation. The two of a dual allocation are refreshed and deleted separately (RFC 8656 §8).
/// </summary>
internal sealed class RelayedAddress(RelayAddress address, ushort port, Holder holder)
{
    internal IpFamily Family => Local.Family;

    /// <summary>The address that the socket is bound to.</summary>
    internal TransportAddress Local { get; } = new(address.Local, port);

    /// <summary>The address that peers see.</summary>
    internal TransportAddress Public { get; } = new(address.Public, port);

    /// <summary>The user and network that it counts to.</summary>
    internal Holder Holder { get; } = holder;

    internal long ExpiresAt { get; set; }
}
