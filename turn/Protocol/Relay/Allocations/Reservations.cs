using System.Collections.Concurrent;
using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>A relayed port that is open and waits for the Allocate request that brings its token (RFC 8656 §7.2).</summary>
internal sealed class Reservation : Timed
{
    internal required ulong Token { get; init; }

    /// <summary>Under which name the socket was opened; its shard watches over the deadline.</summary>
    internal required AllocationId Id { get; init; }

    internal required RelayAddress Address { get; init; }

    internal required ushort Port { get; init; }

    /// <summary>To whom it counts, and who alone may take it.</summary>
    internal required Holder Holder { get; init; }

    internal required long ExpiresAt { get; init; }

    internal TransportAddress Local => new(Address.Local, Port);

    internal TransportAddress Public => new(Address.Public, Port);
}

/// <summary>
/// The reservations of all shards by token: a token may be brought to any of them (RFC 8656 §7.2). Whoever takes a reservation out owns its socket, its claim and
/// its share of the quota: the shard that consumes it, or the one whose timer ends it. Thread-safe.
/// </summary>
internal sealed class Reservations
{
    private readonly ConcurrentDictionary<ulong, Reservation> _byToken = new();

    internal int Count => _byToken.Count;

    internal bool TryAdd(Reservation reservation) => _byToken.TryAdd(reservation.Token, reservation);

    /// <summary>Takes a reservation for its subject, as long as it lasts.</summary>
    internal bool TryTake(ulong token, string subject, long now, out Reservation reservation) =>
        _byToken.TryGetValue(token, out reservation!) && reservation.Holder.Subject == subject && now < reservation.ExpiresAt && TryTake(reservation);

    /// <summary>Takes a reservation; false when somebody else did.</summary>
    internal bool TryTake(Reservation reservation) => _byToken.TryRemove(new(reservation.Token, reservation));
}
