using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Services;

/// <summary>The limits that depend on the size of a room, the same for a local environment and a stack.</summary>
internal static class RoomLimits
{
    public static SignallingLimitOptions Signalling { get; } = new();

    // In a full room each member can be relayed to all others, also while credentials are renewed.
    public static RelayQuotaOptions Relay { get; } = new() { AllocationsPerSubject = RelayQuotaOptions.ForRoom(Signalling.RoomMembers) };
}
