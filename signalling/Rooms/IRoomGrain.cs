using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Rooms;

/// <summary>
/// A room's one owner; its key is the room's name. It decides who is a member, in which order they joined and so who is polite to whom.
/// What members say to each other does not pass through it.
/// </summary>
internal interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>Joins a member, in place of those that are the same client, and tells the others.</summary>
    /// <returns>The member's name and the others; null when the room is full.</returns>
    Task<RoomJoined?> JoinAsync(NewMember member);

    /// <summary>Takes a member out and tells the others. Does nothing when it is not in.</summary>
    Task LeaveAsync(string member, string reason);

    /// <summary>
    /// Renews the lease of each member whose session is still there, takes the others out, and tells each session who is in the room.
    /// </summary>
    Task RenewAsync();
}

/// <summary>Where a member's session lives.</summary>
/// <param name="Node">The signalling node.</param>
/// <param name="Member">The member's id, which is unique over all nodes and rooms.</param>
[GenerateSerializer, Immutable]
internal sealed record SessionAddress([property: Id(0)] string Node, [property: Id(1)] string Member);

/// <summary>Somebody who asks to join.</summary>
/// <param name="Address">Where its session lives.</param>
/// <param name="Name">What it wants to be called; empty when it does not say.</param>
/// <param name="Client">The public id of its client's key; null when it gave none.</param>
/// <param name="Replaces">The public id of an earlier client whose place it takes; null for none.</param>
[GenerateSerializer, Immutable]
internal sealed record NewMember(
    [property: Id(0)] SessionAddress Address,
    [property: Id(1)] string Name,
    [property: Id(2)] string? Client,
    [property: Id(3)] string? Replaces)
{
    /// <summary>Whether another member is the same client, or the one that this one replaces.</summary>
    public bool TakesThePlaceOf(NewMember other) =>
        other.Address != Address && other.Client is { } client && (client == Client || client == Replaces);
}

/// <summary>What a member that joined is told.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Peers">The other members in the order of their joining.</param>
[GenerateSerializer, Immutable]
internal sealed record RoomJoined([property: Id(0)] string Name, [property: Id(1)] IReadOnlyList<RoomPeer> Peers);

/// <summary>Another member, as one member sees it.</summary>
/// <param name="Address">Where its session lives.</param>
/// <param name="Name">What to call it.</param>
/// <param name="Role">The seeing member's own part towards it.</param>
/// <param name="Client">The public id of its client's key; null when it gave none.</param>
[GenerateSerializer, Immutable]
internal sealed record RoomPeer(
    [property: Id(0)] SessionAddress Address, [property: Id(1)] string Name, [property: Id(2)] Role Role, [property: Id(3)] string? Client);
