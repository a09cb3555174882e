using System.Collections.Concurrent;
using Causeway.Turn.Protocol.Relay.Quotas;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>An open relayed port that awaits the Allocate request with its token (RFC 8656 §7.2).</summary>
internal sealed class Reservation : Timed
{
    internal required ulong Token { get; init; }

    /// <summary>The id that the socket was opened for; its shard ends the reservation.</summary>
    internal required AllocationId Id { get; init; }

    internal required RelayAddress Address { get; init; }

    internal required ushort Port { get; init; }

    /// <summary>The user and network that it counts to; only its subject may take it.</summary>
    internal required Holder Holder { get; init; }

    internal required long ExpiresAt { get; init; }

    internal TransportAddress Local => new(Address.Local, Port);

    internal TransportAddress Public => new(Address.Public, Port);
}

/// <summary>
/// The reservations of all shards by token, because a client may use a token on any shard (RFC 8656 §7.2). The shard that takes a
/// reservation, for a request or by its timer, then owns the socket, the port and the share of the quota. Thread-safe.
/// </summary>
internal sealed class Reservations
{
    private readonly ConcurrentDictionary<ulong, Reservation> _byToken = new();

    internal int Count => _byToken.Count;

    internal bool TryAdd(Reservation reservation) => _byToken.TryAdd(reservation.Token, reservation);

    /// <summary>Takes a reservation for its subject before it expires.</summary>
    internal bool TryTake(ulong token, string subject, long now, out Reservation reservation) =>
        _byToken.TryGetValue(token, out reservation!)
        && reservation.Holder.Subject == subject
        && now < reservation.ExpiresAt
        && TryTake(reservation);

    /// <summary>Takes a reservation; false when it was already taken.</summary>
    internal bool TryTake(Reservation reservation) => _byToken.TryRemove(new(reservation.Token, reservation));
}
