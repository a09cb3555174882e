using System.Buffers.Binary;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Relay.Openings;
using Causeway.Turn.Protocol.Relay.Ports;
using Causeway.Turn.Protocol.Relay.Quotas;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Allocate (RFC 8656 §7.2): the checks, and the response when the sockets are open.</summary>
public sealed partial class RelayShard
{
    // IANA's protocol numbers (RFC 8656 §18.8, RFC 6062 §4.1).
    private const uint UdpProtocol = 17;
    private const uint TcpProtocol = 6;

    internal void HandleAllocate(in Transaction transaction, in StunMessage message, Instant now, Allocation? existing)
    {
        // 1. The request is authentic.
        // 2. The five-tuple must be free. A retransmission gets the same response.
        if (existing is not null)
        {
            if (IsRetransmission(transaction, existing, now)) Send(transaction.Client, existing.CachedResponse.Response);
            else Refuse(transaction, StunErrorCode.AllocationMismatch);
            return;
        }

        if (_openings.ContainsKey(transaction.Client))
        {
            Drop(DropReason.RequestPending);
            return;
        }

        // 3. REQUESTED-TRANSPORT: protocol (8 bits), reserved (24 bits).
        if (!message.TryGetUInt32(StunAttributeType.RequestedTransport, out var transport))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        var isTcp = transport >> 24 == TcpProtocol && _settings.TcpAllocations;
        if (transport >> 24 != UdpProtocol && !isTcp)
        {
            Refuse(transaction, StunErrorCode.UnsupportedTransportProtocol);
            return;
        }

        // TCP relayed addresses are for clients over streams, and exclude what only datagrams have (RFC 6062 §5.1).
        if (isTcp && !IsTcpAllocate(transaction.Client, message))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        // 4. DONT-FRAGMENT is supported.
        if (!TryReadLifetime(message, out var lifetime))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        // 5. RESERVATION-TOKEN excludes the attributes that choose an address.
        if (message.TryGet(StunAttributeType.ReservationToken, out var token))
        {
            HandleAllocateReserved(transaction, message, token, lifetime, now);
            return;
        }

        // 6. to 9.
        var addresses = _shared.Relayed.Own;
        if (CheckAddress(message, addresses, out var families, out var rule) is not 0 and var error)
        {
            Refuse(transaction, error);
            return;
        }

        // 10. The quotas, by socket. A draining relay refuses all.
        var client = transaction.Client;
        var isProbe = _settings.Probes.Contains(client.Transport, client.Address);
        var holder = new Holder(transaction.Identity!.Subject, client.Address.Ip, isProbe);
        var count = rule == PortRule.Pair ? 2 : families.Count(family => Array.Exists(addresses, address => address.Family == family));
        error = _draining ? StunErrorCode.InsufficientCapacity : _shared.Quotas.Take(holder, count);
        if (error != 0)
        {
            RefuseAllocation(transaction, error, isProbe);
            return;
        }

        Open(new()
        {
            Transaction = transaction,
            Id = _slots.Take(),
            ReservedId = rule == PortRule.Pair ? _slots.Take() : null,
            Rule = rule,
            Addresses = addresses,
            Holder = holder,
            Counted = count,
            Lifetime = lifetime,
            IsTcp = isTcp,
        }, families, now);
    }

    private static bool IsTcpAllocate(in ClientHandle client, in StunMessage message) =>
        client.IsStream
        && !message.Has(StunAttributeType.EvenPort)
        && !message.Has(StunAttributeType.ReservationToken)
        && !message.Has(StunAttributeType.DontFragment);

    private static bool IsRetransmission(in Transaction transaction, Allocation existing, Instant now) =>
        existing.CachedResponse.Answers(transaction.Id, now)
        && existing.Owner.Username.AsSpan().SequenceEqual(transaction.Identity!.Username);

    /// <summary>Steps 6 to 9: the families and the port rule.</summary>
    /// <returns>0, or the error.</returns>
    private static StunErrorCode CheckAddress(
        in StunMessage message, RelayAddress[] addresses, out IReadOnlyList<IpFamily> families, out PortRule rule)
    {
        families = [];
        rule = PortRule.Any;
        var hasAdditional = message.Has(StunAttributeType.AdditionalAddressFamily);

        // 6. REQUESTED-ADDRESS-FAMILY and ADDITIONAL-ADDRESS-FAMILY exclude each other.
        if (!TryReadFamily(message, StunAttributeType.RequestedAddressFamily, out var requested)) return StunErrorCode.BadRequest;
        if (requested is not null && hasAdditional) return StunErrorCode.BadRequest;

        // 7. The family must be supported; the default is IPv4.
        var family = requested ?? IpFamily.IPv4;
        if (!hasAdditional && !Array.Exists(addresses, address => address.Family == family)) return StunErrorCode.AddressFamilyNotSupported;

        // 8. EVEN-PORT: R (1 bit), reserved (7 bits). With R there is no second family.
        if (message.TryGet(StunAttributeType.EvenPort, out var evenPort))
        {
            if (evenPort.Length != 1) return StunErrorCode.BadRequest;
            rule = (evenPort[0] & 0x80) != 0 ? PortRule.Pair : PortRule.Even;
            if (rule == PortRule.Pair && hasAdditional) return StunErrorCode.BadRequest;
        }

        // 9. ADDITIONAL-ADDRESS-FAMILY must be IPv6. An unsupported family is reported in the success response, unless both are
        // unsupported.
        if (!TryReadFamily(message, StunAttributeType.AdditionalAddressFamily, out var additional)) return StunErrorCode.BadRequest;
        if (hasAdditional && additional != IpFamily.IPv6) return StunErrorCode.BadRequest;
        families = hasAdditional ? [IpFamily.IPv4, IpFamily.IPv6] : [family];
        return 0;
    }

    /// <summary>Step 5: an earlier request, possibly on another shard, opened the port; it gets a new owner.</summary>
    private void HandleAllocateReserved(
        in Transaction transaction, in StunMessage message, ReadOnlySpan<byte> token, uint? lifetime, Instant now)
    {
        var choosesAddress = message.Has(StunAttributeType.EvenPort)
            || message.Has(StunAttributeType.RequestedAddressFamily)
            || message.Has(StunAttributeType.AdditionalAddressFamily);
        if (choosesAddress || token.Length != sizeof(ulong))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        var subject = transaction.Identity!.Subject;
        var number = BinaryPrimitives.ReadUInt64BigEndian(token);
        if (_draining || !_shared.Reservations.TryTake(number, subject, now.Milliseconds, out var reservation))
        {
            Refuse(transaction, StunErrorCode.InsufficientCapacity);
            return;
        }

        var id = _slots.Take();
        _shared.Relayed.Move(reservation.Public, id);
        _effects.Enqueue(new ReassignRelay(id, reservation.Id, reservation.Local));
        if (reservation.Id.Shard == _index)
        {
            _timers.Remove(reservation);
            _slots.Free(reservation.Id);
        }

        Create(transaction, id, [new(reservation.Address, reservation.Port, reservation.Holder)], [], lifetime, null, now);
    }

    /// <summary>All checks passed and all sockets are open: creates the allocation and answers the client.</summary>
    private void Create(
        in Transaction transaction,
        AllocationId id,
        List<RelayedAddress> relayed,
        List<FamilyOutcome> failed,
        uint? requestedLifetime,
        Reservation? reservation,
        Instant now,
        bool isTcp = false)
    {
        var lifetime = GrantLifetime(requestedLifetime, transaction.Identity!, now);
        var allocation = new Allocation(id, transaction.Client, transaction.Identity!, _settings)
        {
            CreatedAt = now.UnixSeconds,
            IsTcp = isTcp,
        };
        _allocations[transaction.Client] = allocation;
        _allocationCount++;
        _slots.Set(allocation);
        Counters.CountAllocation();

        var response = Succeed(transaction);
        foreach (var address in relayed)
        {
            address.ExpiresAt = now.Milliseconds + lifetime * 1000L;
            allocation.Relayed[address.Family] = address;
            if (isTcp) _shared.Connections.Listen(address.Public);
            response.AddXorAddress(StunAttributeType.XorRelayedAddress, address.Public);
        }

        response.Add(StunAttributeType.Lifetime, lifetime);
        if (reservation is not null)
        {
            Span<byte> token = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(token, reservation.Token);
            response.Add(StunAttributeType.ReservationToken, token);
        }

        response.AddXorAddress(StunAttributeType.XorMappedAddress, transaction.Client.Address);
        foreach (var outcome in failed) AddAddressError(ref response, outcome.Port.Family, outcome.Error);

        allocation.CachedResponse = CachedResponse.Of(transaction.Id, Send(transaction, ref response), now);
        _effects.Enqueue(new AllocationCreated(id, transaction.Client, allocation.Owner.Subject, relayed[0].Public));
        Rearm(allocation);
    }
}
