using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>One relayed transport address of an allocation; a dual allocation has two, which are refreshed and deleted apart (RFC 8656 §8).</summary>
internal sealed class RelayedAddress(RelayAddress address, ushort port, Holder holder)
{
    internal IpFamily Family => Local.Family;

    /// <summary>What the socket is bound to.</summary>
    internal TransportAddress Local { get; } = new(address.Local, port);

    /// <summary>What peers see.</summary>
    internal TransportAddress Public { get; } = new(address.Public, port);

    /// <summary>To whom it counts.</summary>
    internal Holder Holder { get; } = holder;

    internal long ExpiresAt { get; set; }
}
