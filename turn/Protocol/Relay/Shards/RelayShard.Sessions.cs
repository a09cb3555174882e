using Causeway.Turn.Protocol.Relay.Allocations;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>What an operator sees of the allocations, and may end.</summary>
public sealed partial class RelayShard
{
    // Empty slots cost little, but a shard may have many of them after a busy hour.
    private const int MaxSlots = 4096;

    /// <summary>
    /// Lists sessions of clients; the relay's own probes aren't among them. A call looks at a bounded number of slots, so that it takes
    /// microseconds. Pages are read one after the other while clients come and go: a session that lives all the time is listed once.
    /// </summary>
    /// <param name="from">Where the page begins: 0, then <see cref="RelaySessionPage.Next"/> of the last page.</param>
    /// <param name="max">The maximum number of sessions, at least 1.</param>
    /// <param name="now">The time.</param>
    public RelaySessionPage Sessions(int from, int max, Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var sessions = new List<RelaySession>(int.Min(max, int.Min(Allocations, MaxSlots)));
        var end = (int)long.Min(_slots.Length, (long)from + MaxSlots);
        var slot = from;
        for (; slot < end && sessions.Count < max; slot++)
        {
            if (_slots.At(slot) is { } allocation && Describe(allocation, now) is { } session) sessions.Add(session);
        }

        return new(sessions, slot < _slots.Length ? slot : null);
    }

    /// <summary>Gets a client's session; null if it has ended.</summary>
    public RelaySession? Session(AllocationId id, Instant now) => Find(id) is { } allocation ? Describe(allocation, now) : null;

    /// <summary>Ends a client's allocation; the connection of a stream is closed. The client may allocate again.</summary>
    /// <returns>False if it has ended before.</returns>
    public bool HandleRemoved(AllocationId id, Instant now)
    {
        Expire(now);
        if (Find(id) is not { } allocation || IsProbe(allocation)) return false;
        End(allocation, AllocationEnd.Removed);
        return true;
    }

    /// <summary>
    /// Ends the allocations of a revoked subject, and counts them. Call it after <see cref="RelayShared.Revoke"/> in place of
    /// <see cref="HandleTime"/>.
    /// </summary>
    public int HandleRevoked(string subject, Instant now)
    {
        Expire(now);
        return Revoke(owner => owner.Subject == subject);
    }

    private static bool IsProbe(Allocation allocation) => Array.Exists(allocation.Relayed.Values, relayed => relayed.Holder.IsProbe);

    private static RelaySession? Describe(Allocation allocation, Instant now)
    {
        var relayed = allocation.Relayed.Values;
        var expires = relayed.Max(address => address.ExpiresAt);
        // The timer ends it any moment.
        if (expires <= now.Milliseconds || IsProbe(allocation)) return null;
        return new()
        {
            Id = allocation.Id,
            Subject = allocation.Owner.Subject,
            Client = allocation.Client,
            Relayed = [.. relayed.Select(address => address.Public)],
            IsTcp = allocation.IsTcp,
            Created = allocation.CreatedAt,
            Expires = now.UnixSeconds + (expires - now.Milliseconds) / 1000,
            Usage = allocation.Usage,
        };
    }
}
