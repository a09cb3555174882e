using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>
/// The permissions of an allocation (RFC 8656 §9): IP addresses of peers, in the relay's public form where they are its own. What is in the table holds; the
/// shard purges what has expired before it looks at any input. Written by the shard alone; <see cref="Allows"/> is thread-safe and takes no lock.
/// </summary>
internal sealed class PermissionTable(int capacity)
{
    // One writer, and few entries in most allocations.
    private readonly ConcurrentDictionary<IpAddress, long> _expiries = new(concurrencyLevel: 1, capacity: 3);

    internal int Count { get; private set; }

    internal bool Allows(IpAddress peer) => _expiries.ContainsKey(peer);

    /// <summary>
    /// Installs or refreshes all of them, or none when there is no room. What lasts longer already is left as it is: a channel's permission does.
    /// </summary>
    /// <param name="peers">Each once.</param>
    /// <param name="expiresAt">In monotonic milliseconds.</param>
    internal bool TryInstall(ReadOnlySpan<IpAddress> peers, long expiresAt)
    {
        var added = 0;
        foreach (var peer in peers)
        {
            if (!_expiries.ContainsKey(peer)) added++;
        }

        if (Count + added > capacity) return false;
        Count += added;
        foreach (var peer in peers) _expiries[peer] = long.Max(expiresAt, _expiries.GetValueOrDefault(peer, expiresAt));
        return true;
    }

    /// <summary>Removes what has expired and returns when the next one does.</summary>
    internal long Purge(long now)
    {
        var next = long.MaxValue;
        foreach (var (peer, expiresAt) in _expiries)
        {
            if (expiresAt <= now) Remove(peer);
            else next = long.Min(next, expiresAt);
        }

        return next;
    }

    internal void RemoveFamily(IpFamily family) => RemoveWhere(peer => peer.Family == family);

    /// <summary>Removes the peers that a condition holds for.</summary>
    internal void RemoveWhere(Predicate<IpAddress> condition)
    {
        foreach (var (peer, _) in _expiries)
        {
            if (condition(peer)) Remove(peer);
        }
    }

    private void Remove(IpAddress peer)
    {
        if (_expiries.TryRemove(peer, out _)) Count--;
    }
}
