using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Openings;

/// <summary>An Allocate request whose sockets are being opened. The client is answered when all outcomes are known.</summary>
internal sealed class Opening
{
    internal required Transaction Transaction { get; init; }

    internal required AllocationId Id { get; init; }

    /// <summary>The id for which the reserved port is opened; only of a pair.</summary>
    internal AllocationId? ReservedId { get; init; }

    internal required PortRule Rule { get; init; }

    /// <summary>The relay's addresses at the time of the request.</summary>
    internal required RelayAddress[] Addresses { get; init; }

    /// <summary>The user and network that the relayed addresses count to.</summary>
    internal required Holder Holder { get; init; }

    /// <summary>How many relayed addresses were counted in advance.</summary>
    internal required int Counted { get; init; }

    /// <summary>LIFETIME of the request.</summary>
    internal required uint? Lifetime { get; init; }

    /// <summary>Whether TCP sockets are opened (RFC 6062), and not UDP ones.</summary>
    internal bool IsTcp { get; init; }

    internal OpeningState State { get; set; } = null!;

    /// <summary>The address that serves a family; false when none does.</summary>
    internal bool TryGetAddress(IpFamily family, out RelayAddress address)
    {
        address = Array.Find(Addresses, candidate => candidate.Family == family);
        return address != default;
    }

    /// <summary>Gets the relayed address of a port.</summary>
    internal RelayedAddress At(RelayPort port) => TryGetAddress(port.Family, out var address)
        ? new(address, port.Number, Holder)
        : throw new InvalidOperationException($"no address serves {port.Family}");

    /// <summary>Gets the id for which a port is opened.</summary>
    internal AllocationId IdOf(RelayPort port) => port.IsNext ? ReservedId!.Value : Id;
}
