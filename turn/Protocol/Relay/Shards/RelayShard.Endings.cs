using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Connections;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>How allocations and reservations end: by time, by revocation, by their client.</summary>
public sealed partial class RelayShard
{
    private int _revocationsSeen;

    /// <summary>
    /// Ends what has expired at <paramref name="now"/>. Every input starts here, so that deadlines are exact however late the engine calls.
    /// </summary>
    private void Expire(Instant now)
    {
        if (!ReferenceEquals(_settings, _shared.Settings)) Adopt(_shared.Settings);
        while (_timers.TryTakeDue(now.Milliseconds, out var item))
        {
            switch (item)
            {
                case Allocation allocation: Expire(allocation, now.Milliseconds); break;
                case PeerConnection connection: Expire(connection); break;
                case Reservation reservation: End(reservation); break;
            }
        }
    }

    private void Expire(Allocation allocation, long now)
    {
        foreach (var relayed in allocation.Relayed.Values)
        {
            if (relayed.ExpiresAt <= now) CloseRelayed(allocation, relayed);
        }

        if (allocation.Relayed.IsEmpty)
        {
            End(allocation, AllocationEnd.Expired);
            return;
        }

        if (allocation.PurgeAt <= now) allocation.PurgeAt = long.Min(allocation.Permissions.Purge(now), allocation.Channels.Purge(now));
        Rearm(allocation);
    }

    private void EndRevoked(Instant now)
    {
        if (_shared.Revocations.Version is var version && version == _revocationsSeen) return;

        _revocationsSeen = version;
        EndRevoked(now.UnixSeconds);
    }

    // A method of its own: the closure is allocated only when there is something new.
    private void EndRevoked(long now) => Revoke(owner => _shared.Revocations.Contains(owner.Subject, now));

    /// <summary>Ends the allocations of users, and counts them.</summary>
    private int Revoke(Predicate<Identity> isRevoked)
    {
        var ended = 0;
        foreach (var (_, allocation) in _allocations)
        {
            if (!isRevoked(allocation.Owner)) continue;
            End(allocation, AllocationEnd.Revoked);
            ended++;
        }

        return ended;
    }

    /// <summary>Closes a relayed address, with the permissions, channels and connections of its family (RFC 8656 §8.1).</summary>
    private void CloseRelayed(Allocation allocation, RelayedAddress relayed)
    {
        if (allocation.IsTcp) CloseConnections(allocation, relayed);
        _effects.Enqueue(new CloseRelay(allocation.Id, relayed.Local));
        _shared.Relayed.Release(relayed.Public);
        _shared.Quotas.Return(relayed.Holder);
        allocation.Relayed[relayed.Family] = null;
        allocation.Permissions.RemoveFamily(relayed.Family);
        allocation.Channels.RemoveFamily(relayed.Family);
    }

    private void End(Allocation allocation, AllocationEnd reason)
    {
        foreach (var relayed in allocation.Relayed.Values) CloseRelayed(allocation, relayed);
        _timers.Remove(allocation);
        _allocations.TryRemove(allocation.Client, out _);
        allocation.HasEnded = true;
        _allocationCount--;
        _slots.Free(allocation.Id);

        _effects.Enqueue(new AllocationEnded(allocation.Id, allocation.Client, allocation.Owner.Subject, reason, allocation.Usage));
        if (allocation.Client.IsStream && reason is AllocationEnd.Revoked or AllocationEnd.Closed or AllocationEnd.Removed)
            _effects.Enqueue(new CloseClient(allocation.Client));
    }

    /// <summary>Ends a reservation. If another shard has taken it, only its slot is left to free.</summary>
    private void End(Reservation reservation)
    {
        _slots.Free(reservation.Id);
        if (!_shared.Reservations.TryTake(reservation)) return;

        _effects.Enqueue(new CloseRelay(reservation.Id, reservation.Local));
        _shared.Relayed.Release(reservation.Public);
        _shared.Quotas.Return(reservation.Holder);
    }

    private void Rearm(Allocation allocation) => _timers.Set(allocation, allocation.NextEnd);
}
