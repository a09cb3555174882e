using Causeway.Signalling.Rooms;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>Delivers to sessions when all of them are in this process.</summary>
internal sealed class LocalSessionRouter(SessionDirectory directory) : ISessionRouter
{
    /// <inheritdoc/>
    public ValueTask<Delivery> SignalAsync(SessionAddress to, Signal signal) =>
        ValueTask.FromResult(directory.TryFind(to.Member, out var session) ? session.Receive(signal) : new(DeliveryOutcome.NoSuchMember));

    /// <inheritdoc/>
    public ValueTask AckAsync(SessionAddress to, Ack ack)
    {
        if (directory.TryFind(to.Member, out var session)) session.Receive(ack);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask JoinedAsync(SessionAddress to, RoomPeer peer)
    {
        if (directory.TryFind(to.Member, out var session)) session.Joined(peer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask LeftAsync(SessionAddress to, string member, string reason)
    {
        if (directory.TryFind(to.Member, out var session)) session.LeftBy(member, reason);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(SessionAddress to, IReadOnlyList<RoomPeer> others)
    {
        if (!directory.TryFind(to.Member, out var session)) return ValueTask.FromResult(false);
        session.Renew(others);
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public ValueTask ReplacedAsync(SessionAddress to)
    {
        // Not awaited: its end calls the room, which is calling this.
        if (directory.TryFind(to.Member, out var session)) _ = session.ReplaceAsync();
        return ValueTask.CompletedTask;
    }
}
