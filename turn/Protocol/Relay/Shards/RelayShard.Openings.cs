using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Openings;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// Runs openings (RFC 8656 §7.2): <see cref="OpeningState"/> decides, this claims ports, asks the engine for sockets and takes their
/// outcomes. Ports are claimed over all shards before their sockets are opened.
/// </summary>
public sealed partial class RelayShard
{
    private readonly AllocationSlots _slots;

    // By client until it is answered or disconnects, by id until no outcome is awaited.
    private readonly Dictionary<ClientHandle, Opening> _openings = [];
    private readonly Dictionary<AllocationId, Opening> _openingsById = [];

    /// <summary>The socket of an <see cref="OpenRelay"/> is open.</summary>
    public void HandleRelayOpened(AllocationId allocation, in TransportAddress local, Instant now)
    {
        Expire(now);
        if (TryFindOpening(allocation, local, out var opening)) Step(opening, new(OpeningEvent.Opened), now);
        // An outcome that is not awaited: close the socket, unless an allocation has it.
        else if (_slots.Find(allocation)?.Relayed[local.Family]?.Local != local) _effects.Enqueue(new CloseRelay(allocation, local));
    }

    /// <summary>The socket of an <see cref="OpenRelay"/> could not be opened.</summary>
    public void HandleRelayFailed(AllocationId allocation, in TransportAddress local, RelayFailure reason, Instant now)
    {
        Expire(now);
        if (TryFindOpening(allocation, local, out var opening)) Step(opening, InputOf(reason), now);
    }

    private void Open(Opening opening, IReadOnlyList<IpFamily> families, Instant now)
    {
        _openings.Add(opening.Transaction.Client, opening);
        _openingsById.Add(opening.Id, opening);
        if (opening.ReservedId is { } reserved) _openingsById.Add(reserved, opening);

        (opening.State, var effects) = OpeningState.Begin(families, opening.Rule == PortRule.Pair);
        Run(opening, effects, now);
    }

    private void Abandon(Opening opening, Instant now)
    {
        _openings.Remove(opening.Transaction.Client);
        Step(opening, new(OpeningEvent.Abandoned), now);
    }

    private void Step(Opening opening, OpeningInput input, Instant now)
    {
        (opening.State, var effects) = opening.State.Next(input);
        Run(opening, effects, now);
    }

    private void Run(Opening opening, OpeningEffect[] effects, Instant now)
    {
        foreach (var (action, port) in effects)
        {
            switch (action)
            {
                case OpeningAction.Choose:
                    Step(opening, Choose(opening, port.Family, now), now);
                    break;
                case OpeningAction.Open:
                    _effects.Enqueue(new OpenRelay(opening.IdOf(port), opening.At(port).Local)
                    {
                        IsProbe = opening.Holder.IsProbe,
                        IsTcp = opening.IsTcp,
                    });
                    break;
                case OpeningAction.Close:
                    _effects.Enqueue(new CloseRelay(opening.IdOf(port), opening.At(port).Local));
                    break;
                case OpeningAction.Release:
                    _shared.Relayed.Release(opening.At(port).Public);
                    break;
                case OpeningAction.PutAside:
                    _shared.Relayed.PutAside(opening.At(port).Public, now);
                    break;
                case OpeningAction.Complete:
                    Complete(opening, now);
                    break;
                case OpeningAction.Discard:
                    Discard(opening);
                    break;
            }
        }
    }

    /// <summary>Claims a free port, of a pair both. It is drawn at random, so that it cannot be guessed (RFC 8656 §7.2).</summary>
    private OpeningInput Choose(Opening opening, IpFamily family, Instant now)
    {
        if (!opening.TryGetAddress(family, out var address))
            return new(OpeningEvent.Failed, Error: StunErrorCode.AddressFamilyNotSupported);

        var (ports, rule) = (_shared.Relayed, opening.Rule);
        var isChosen = ports.TryClaim(address, rule, _random.NextUInt64(), now, opening.Id, opening.ReservedId, out var port);
        if (!isChosen && opening.Holder.IsProbe && rule == PortRule.Any)
            isChosen = ports.TryClaimOutside(address, _random.NextUInt64(), now, opening.Id, out port);
        return isChosen ? new(OpeningEvent.PortChosen, port) : new(OpeningEvent.Failed, Error: StunErrorCode.InsufficientCapacity);
    }

    private static OpeningInput InputOf(RelayFailure reason) => reason switch
    {
        RelayFailure.PortInUse => new(OpeningEvent.PortInUse),
        RelayFailure.AddressNotAvailable => new(OpeningEvent.Failed, Error: StunErrorCode.AddressFamilyNotSupported),
        _ => new(OpeningEvent.Failed, Error: StunErrorCode.InsufficientCapacity),
    };

    /// <summary>All outcomes are known: creates the allocation, or answers why not.</summary>
    private void Complete(Opening opening, Instant now)
    {
        var transaction = opening.Transaction;
        var identity = transaction.Identity!;
        if (_shared.Revocations.Contains(identity.Subject, now.UnixSeconds) || !identity.IsKnownTo(_settings.Users))
        {
            Abandon(opening, now);
            Refuse(transaction, StunErrorCode.Forbidden);
            return;
        }

        _openings.Remove(transaction.Client);
        var open = opening.State.Outcomes.Where(outcome => outcome.IsOpen).Select(outcome => outcome.Port).ToList();
        var failed = opening.State.Outcomes.Where(outcome => !outcome.IsOpen).ToList();
        if (open.Count == 0)
        {
            Discard(opening);
            RefuseAllocation(transaction, failed[0].Error, opening.Holder.IsProbe);
            return;
        }

        // Of a dual allocation one family may have failed.
        Forget(opening);
        var reservation = opening.ReservedId is null ? null : Reserve(opening, open[0].Next, now);
        _shared.Quotas.Return(opening.Holder, opening.Counted - open.Count - (reservation is null ? 0 : 1));
        Create(transaction, opening.Id, [.. open.Select(opening.At)], failed, opening.Lifetime, reservation, now, opening.IsTcp);
    }

    private Reservation Reserve(Opening opening, RelayPort port, Instant now)
    {
        opening.TryGetAddress(port.Family, out var address);
        while (true)
        {
            var reservation = new Reservation
            {
                Token = _random.NextUInt64(),
                Id = opening.IdOf(port),
                Address = address,
                Port = port.Number,
                Holder = opening.Holder,
                ExpiresAt = now.Milliseconds + _settings.ReservationSeconds * 1000L,
            };
            if (!_shared.Reservations.TryAdd(reservation)) continue;

            _timers.Set(reservation, reservation.ExpiresAt);
            return reservation;
        }
    }

    private void Forget(Opening opening)
    {
        _openingsById.Remove(opening.Id);
        if (opening.ReservedId is { } reserved) _openingsById.Remove(reserved);
    }

    private void Discard(Opening opening)
    {
        Forget(opening);
        _slots.Free(opening.Id);
        if (opening.ReservedId is { } reserved) _slots.Free(reserved);
        _shared.Quotas.Return(opening.Holder, opening.Counted);
    }

    private bool TryFindOpening(AllocationId id, in TransportAddress local, out Opening opening) =>
        _openingsById.TryGetValue(id, out opening!)
        && opening.State.Awaited is { } awaited
        && opening.IdOf(awaited) == id
        && opening.At(awaited).Local == local;
}
