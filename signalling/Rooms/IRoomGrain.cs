using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Rooms;

/// <summary>
/// A room; the grain's key is its name. It decides who is a member, the order of joining and so who is polite to whom. Signals between
/// members do not pass through it.
/// </summary>
internal interface IRoomGrain : IGrainWithStringKey
{
    /// <summary>Adds a member, which replaces others of the same client, and tells the others.</summary>
    /// <returns>The member's name and the others; null if the room is full.</returns>
    Task<RoomJoined?> JoinAsync(NewMember member);

    /// <summary>Removes a member and tells the others. Does nothing if it is not in the room.</summary>
    Task LeaveAsync(string member, string reason);

    /// <summary>
    /// Renews the lease of each member whose session exists, removes the others, and tells each session who is in the room.
    /// </summary>
    Task RenewAsync();
}

/// <summary>Where a member's session lives.</summary>
/// <param name="Node">The signalling node.</param>
/// <param name="Member">The member's id, unique over all nodes and rooms.</param>
[GenerateSerializer, Immutable]
internal sealed record SessionAddress([property: Id(0)] string Node, [property: Id(1)] string Member);

/// <summary>A member that asks to join.</summary>
/// <param name="Address">Where its session lives.</param>
/// <param name="Name">The name it asks for; empty for none.</param>
/// <param name="Client">Its client's public id; null without a key.</param>
/// <param name="Replaces">The public id of a client that it replaces; null for none.</param>
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

/// <summary>The answer to a member that joined.</summary>
/// <param name="Name">The member's name in this room.</param>
/// <param name="Peers">The other members in the order in which they joined.</param>
[GenerateSerializer, Immutable]
internal sealed record RoomJoined([property: Id(0)] string Name, [property: Id(1)] IReadOnlyList<RoomPeer> Peers);

/// <summary>Another member, as one member sees it.</summary>
/// <param name="Address">Where its session lives.</param>
/// <param name="Name">The member's name.</param>
/// <param name="Role">The role of the member that sees it.</param>
/// <param name="Client">Its client's public id; null without a key.</param>
[GenerateSerializer, Immutable]
internal sealed record RoomPeer(
    [property: Id(0)] SessionAddress Address, [property: Id(1)] string Name, [property: Id(2)] Role Role, [property: Id(3)] string? Client);
