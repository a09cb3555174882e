using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Openings;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Opening relay sockets: a port is chosen and claimed, the engine tries it, and the outcome comes back as an input (RFC 8656 §7.2).</summary>
public sealed partial class RelayShard
{
    private readonly AllocationSlots _slots;
    private readonly Dictionary<ClientHandle, Opening> _openings = [];
    private readonly Dictionary<AllocationId, Opening> _openingsById = [];

    /// <summary>The socket of an <see cref="OpenRelay"/> stands.</summary>
    public void HandleRelayOpened(AllocationId allocation, in TransportAddress local, Instant now)
    {
        Expire(now);
        if (!TryFindOpening(allocation, local, out var opening))
        {
            // An outcome that nobody waits for: close the socket, unless it is one that lives.
            if (_slots.Find(allocation)?.Relayed[local.Family]?.Local != local) _effects.Enqueue(new CloseRelay(allocation, local));
            return;
        }

        if (opening.IsAbandoned)
        {
            _effects.Enqueue(new CloseRelay(allocation, local));
            Discard(opening);
        }
        else if (opening.Rule == PortRule.Pair && !opening.IsSecondOfPair)
        {
            opening.IsSecondOfPair = true;
            _effects.Enqueue(new OpenRelay(opening.ReservedId!.Value, opening.Reserved!.Local));
        }
        else
        {
            opening.Opened.Add(opening.Current!);
            OpenNext(opening, now);
        }
    }

    /// <summary>The socket of an <see cref="OpenRelay"/> could not be opened.</summary>
    public void HandleRelayFailed(AllocationId allocation, in TransportAddress local, RelayFailure reason, Instant now)
    {
        Expire(now);
        if (!TryFindOpening(allocation, local, out var opening)) return;
        if (opening.IsAbandoned)
        {
            Discard(opening);
            return;
        }

        if (opening.IsSecondOfPair) _effects.Enqueue(new CloseRelay(opening.Id, opening.Current!.Local));
        if (reason == RelayFailure.PortInUse) PutCurrentAside(opening, now);
        else ReleaseCurrent(opening);
        opening.Reserved = null;
        if (reason == RelayFailure.PortInUse && ++opening.Tried < Opening.MaxAttempts && TryOpenPort(opening, now)) return;

        opening.Failed.Add((opening.Family, reason == RelayFailure.AddressNotAvailable ? StunErrorCode.AddressFamilyNotSupported : StunErrorCode.InsufficientCapacity));
        OpenNext(opening, now);
    }

    private void Open(Opening opening, Instant now)
    {
        _openings.Add(opening.Transaction.Client, opening);
        _openingsById.Add(opening.Id, opening);
        if (opening.ReservedId is { } reserved) _openingsById.Add(reserved, opening);
        OpenNext(opening, now);
    }

    /// <summary>Goes on with the next family, until one can be tried or none is left.</summary>
    private void OpenNext(Opening opening, Instant now)
    {
        opening.Current = null;
        opening.IsSecondOfPair = false;
        while (!opening.IsComplete)
        {
            opening.Tried = 0;
            if (!opening.TryGetAddress(opening.Family, out _)) opening.Failed.Add((opening.Family, StunErrorCode.AddressFamilyNotSupported));
            else if (TryOpenPort(opening, now)) return;
            else opening.Failed.Add((opening.Family, StunErrorCode.InsufficientCapacity));
        }

        Complete(opening, now);
    }

    /// <summary>All outcomes are known: the allocation is made, or the client is told why not.</summary>
    private void Complete(Opening opening, Instant now)
    {
        var transaction = opening.Transaction;
        if (_shared.Revocations.Contains(transaction.Identity!.Subject, now.UnixSeconds))
        {
            Abandon(opening);
            Refuse(transaction, StunErrorCode.Forbidden);
            return;
        }

        Forget(opening);
        if (opening.Opened.Count == 0)
        {
            GiveBack(opening);
            Refuse(transaction, opening.Failed[0].Error);
            return;
        }

        // Of a dual allocation one family may have failed.
        _shared.Quotas.Return(opening.Holder, opening.Counted - opening.Opened.Count - (opening.Reserved is null ? 0 : 1));
        Create(transaction, opening.Id, opening.Opened, opening.Failed, opening.Lifetime, opening.Reserved is null ? null : Reserve(opening, now), now);
    }

    private Reservation Reserve(Opening opening, Instant now)
    {
        opening.TryGetAddress(opening.Reserved!.Family, out var address);
        while (true)
        {
            var reservation = new Reservation
            {
                Token = _random.NextUInt64(),
                Id = opening.ReservedId!.Value,
                Address = address,
                Port = opening.Reserved.Local.Port,
                Holder = opening.Holder,
                ExpiresAt = now.Milliseconds + _settings.ReservationSeconds * 1000L,
            };
            if (!_shared.Reservations.TryAdd(reservation)) continue;

            _timers.Set(reservation, reservation.ExpiresAt);
            return reservation;
        }
    }

    /// <summary>Closes what is open; the outcome that is still out is waited for before the rest is given back.</summary>
    private void Abandon(Opening opening)
    {
        _openings.Remove(opening.Transaction.Client);
        opening.IsAbandoned = true;
        foreach (var relayed in opening.Opened)
        {
            _effects.Enqueue(new CloseRelay(opening.Id, relayed.Local));
            _shared.Relayed.Release(relayed.Public);
        }

        if (opening.IsSecondOfPair) _effects.Enqueue(new CloseRelay(opening.Id, opening.Current!.Local));
        if (!opening.IsComplete) return;

        if (opening.Reserved is { } reserved) _effects.Enqueue(new CloseRelay(opening.ReservedId!.Value, reserved.Local));
        Discard(opening);
    }

    private void Discard(Opening opening)
    {
        ReleaseCurrent(opening);
        Forget(opening);
        GiveBack(opening);
    }

    private void Forget(Opening opening)
    {
        if (!opening.IsAbandoned) _openings.Remove(opening.Transaction.Client);
        _openingsById.Remove(opening.Id);
        if (opening.ReservedId is { } reserved) _openingsById.Remove(reserved);
    }

    private void GiveBack(Opening opening)
    {
        _slots.Free(opening.Id);
        if (opening.ReservedId is { } reserved) _slots.Free(reserved);
        _shared.Quotas.Return(opening.Holder, opening.Counted);
    }

    private bool TryFindOpening(AllocationId id, in TransportAddress local, out Opening opening)
    {
        if (!_openingsById.TryGetValue(id, out opening!)) return false;
        var waitedFor = opening.IsSecondOfPair ? (opening.ReservedId!.Value, opening.Reserved!.Local) : (opening.Id, opening.Current?.Local ?? default);
        return waitedFor == (id, local);
    }
}
