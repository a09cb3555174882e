using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Relay.Quotas;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Openings;

/// <summary>
/// An Allocate request whose sockets are being opened: one after the other, so that there is never more than one outcome to wait for. The client is answered when
/// all outcomes are known.
/// </summary>
internal sealed class Opening
{
    /// <summary>Ports tried for one relayed address before the answer is 508.</summary>
    internal const int MaxAttempts = 8;

    internal required Transaction Transaction { get; init; }

    internal required AllocationId Id { get; init; }

    /// <summary>The name under which the reserved port is opened; of a pair only.</summary>
    internal AllocationId? ReservedId { get; init; }

    internal required PortRule Rule { get; init; }

    internal required IReadOnlyList<IpFamily> Families { get; init; }

    /// <summary>The relay's addresses when it was asked; they may be others meanwhile.</summary>
    internal required RelayAddress[] Addresses { get; init; }

    /// <summary>To whom the relayed addresses count.</summary>
    internal required Holder Holder { get; init; }

    /// <summary>How many were counted before the first socket was asked for.</summary>
    internal required int Counted { get; init; }

    /// <summary>LIFETIME of the request.</summary>
    internal required uint? Lifetime { get; init; }

    /// <summary>What is open, each family complete.</summary>
    internal List<RelayedAddress> Opened { get; } = [];

    /// <summary>The families that could not be had.</summary>
    internal List<(IpFamily Family, StunErrorCode Error)> Failed { get; } = [];

    /// <summary>The address that serves a family.</summary>
    internal bool TryGetAddress(IpFamily family, out RelayAddress address)
    {
        address = Array.Find(Addresses, candidate => candidate.Family == family);
        return address != default;
    }

    /// <summary>The family whose turn it is.</summary>
    internal IpFamily Family => Families[Opened.Count + Failed.Count];

    internal bool IsComplete => Opened.Count + Failed.Count == Families.Count;

    /// <summary>The address whose turn it is; null when nothing is being opened.</summary>
    internal RelayedAddress? Current { get; set; }

    /// <summary>Of a pair: the even port is open and the next one is waited for.</summary>
    internal bool IsSecondOfPair { get; set; }

    /// <summary>How many ports were tried in vain for <see cref="Family"/>.</summary>
    internal int Tried { get; set; }

    /// <summary>The reserved port, once it is open.</summary>
    internal RelayedAddress? Reserved { get; set; }

    /// <summary>Nobody waits for the answer any more: what comes open is closed again.</summary>
    internal bool IsAbandoned { get; set; }
}
