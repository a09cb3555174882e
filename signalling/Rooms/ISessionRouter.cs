using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Rooms;

/// <summary>
/// The way to a session, wherever it lives. Everything that goes from a room or a session to another session goes through here; with one node all
/// of them are in this process, with more this is where the node is chosen.
/// </summary>
internal interface ISessionRouter
{
    /// <summary>Brings a signal to a session.</summary>
    ValueTask<Delivery> SignalAsync(SessionAddress to, Signal signal);

    /// <summary>Tells a session what was processed of its signals.</summary>
    ValueTask AckAsync(SessionAddress to, Ack ack);

    /// <summary>Tells a session of a new member.</summary>
    ValueTask JoinedAsync(SessionAddress to, RoomPeer peer);

    /// <summary>Tells a session that a member is gone.</summary>
    ValueTask LeftAsync(SessionAddress to, string member, string reason);

    /// <summary>Tells a session who is in the room, so that it hears of what it missed.</summary>
    /// <returns>Whether the session is there.</returns>
    ValueTask<bool> RenewAsync(SessionAddress to, IReadOnlyList<RoomPeer> others);

    /// <summary>Tells a session that its client has taken another one, and ends it.</summary>
    ValueTask ReplacedAsync(SessionAddress to);
}

/// <summary>What became of a signal.</summary>
/// <param name="Outcome">Whether it was taken.</param>
/// <param name="Expected">The sequence number that is expected next.</param>
internal readonly record struct Delivery(DeliveryOutcome Outcome, long Expected = 0);

/// <summary>What may become of a signal.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The session keeps it until it is acknowledged.</summary>
    Taken,

    /// <summary>The session had it already.</summary>
    Duplicate,

    /// <summary>The session does not know the sender, or is no more.</summary>
    NoSuchMember,

    /// <summary>As many signals of that sender as may be wait for acknowledgement.</summary>
    Full,

    /// <summary>A sequence number was left out.</summary>
    Gap,
}
