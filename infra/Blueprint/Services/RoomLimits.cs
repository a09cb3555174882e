using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Services;

/// <summary>What follows from the number of people in a room, the same on one machine and in the cloud.</summary>
internal static class RoomLimits
{
    /// <summary>Signalling's bounds, the room's among them.</summary>
    public static SignallingLimitOptions Signalling { get; } = new();

    /// <summary>The relay's bounds: each member of a full room may be relayed to all others, also while credentials are renewed.</summary>
    public static RelayQuotaOptions Relay { get; } = new() { AllocationsPerSubject = RelayQuotaOptions.ForRoom(Signalling.RoomMembers) };
}
