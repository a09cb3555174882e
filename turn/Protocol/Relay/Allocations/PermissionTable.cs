using System.Collections.Concurrent;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>
/// The permissions of an allocation (RFC 8656 §9): IP addresses of peers; the relay's own ones in their public form. All entries are valid,
/// because the shard purges expired ones before it handles an input. Only the shard writes; <see cref="Allows"/> is thread-safe and
/// lock-free.
/// </summary>
internal sealed class PermissionTable(int capacity)
{
    // One writer, and usually few entries.
    private readonly ConcurrentDictionary<IpAddress, long> _expiries = new(concurrencyLevel: 1, capacity: 3);

    internal int Count { get; private set; }

    internal bool Allows(IpAddress peer) => _expiries.ContainsKey(peer);

    /// <summary>
    /// Installs or refreshes all peers, or none when there is no room. Never shortens a permission: that of a channel may last longer.
    /// </summary>
    /// <param name="peers">The peers, without duplicates.</param>
    /// <param name="expiresAt">The expiry in monotonic milliseconds.</param>
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

    /// <summary>Removes expired permissions and returns when the next one expires.</summary>
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

    /// <summary>Removes the permissions of peers that meet a condition.</summary>
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
