using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Rooms;

/// <summary>
/// Delivers everything from a room or a session to another session. With one node all sessions are in this process; with more, this is
/// where the node is chosen.
/// </summary>
internal interface ISessionRouter
{
    /// <summary>Delivers a signal.</summary>
    ValueTask<Delivery> SignalAsync(SessionAddress to, Signal signal);

    /// <summary>Delivers an acknowledgement.</summary>
    ValueTask AckAsync(SessionAddress to, Ack ack);

    /// <summary>Tells a session that a member joined.</summary>
    ValueTask JoinedAsync(SessionAddress to, RoomPeer peer);

    /// <summary>Tells a session that a member left.</summary>
    ValueTask LeftAsync(SessionAddress to, string member, string reason);

    /// <summary>Tells a session who is in the room, so that it learns what it missed.</summary>
    /// <returns>Whether the session exists.</returns>
    ValueTask<bool> RenewAsync(SessionAddress to, IReadOnlyList<RoomPeer> others);

    /// <summary>Ends a session whose client has another one now.</summary>
    ValueTask ReplacedAsync(SessionAddress to);
}

/// <summary>The outcome of a signal.</summary>
/// <param name="Outcome">Whether it was accepted.</param>
/// <param name="Expected">The next sequence number that is accepted.</param>
internal readonly record struct Delivery(DeliveryOutcome Outcome, long Expected = 0);

/// <summary>The possible outcomes of a signal.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The session keeps it until it is acknowledged.</summary>
    Taken,

    /// <summary>The session already had it.</summary>
    Duplicate,

    /// <summary>The session does not know the sender, or has ended.</summary>
    NoSuchMember,

    /// <summary>Too many signals of that sender wait for acknowledgement.</summary>
    Full,

    /// <summary>A sequence number is missing.</summary>
    Gap,
}
