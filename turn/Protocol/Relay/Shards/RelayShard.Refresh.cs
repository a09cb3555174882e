using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Refresh (RFC 8656 §8.2), and the lifetimes that Allocate and Refresh grant.</summary>
public sealed partial class RelayShard
{
    internal void HandleRefresh(in Transaction transaction, in StunMessage message, Instant now, Allocation allocation)
    {
        if (!TryReadLifetime(message, out var requested))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        // REQUESTED-ADDRESS-FAMILY picks one address of a dual allocation; one that the allocation does not have: 443.
        if (!TryReadFamily(message, StunAttributeType.RequestedAddressFamily, out var family))
        {
            Refuse(transaction, StunErrorCode.BadRequest);
            return;
        }

        if (family is { } named && (!named.IsKnown() || allocation.Relayed[named] is null))
        {
            Refuse(transaction, StunErrorCode.PeerAddressFamilyMismatch);
            return;
        }

        // A lifetime of zero deletes; else the time to expiry is updated.
        var lifetime = requested == 0 ? 0 : GrantLifetime(requested, allocation.Owner, now);
        foreach (var relayed in allocation.Relayed.Values)
        {
            if (family is not null && family != relayed.Family) continue;
            if (lifetime == 0) CloseRelayed(allocation, relayed);
            else relayed.ExpiresAt = now.Milliseconds + lifetime * 1000L;
        }

        // The client has the response to its Allocate: no retransmission follows.
        allocation.CachedResponse = default;
        if (allocation.Relayed.IsEmpty) End(allocation, AllocationEnd.Released);
        else Rearm(allocation);

        var response = Succeed(transaction);
        response.Add(StunAttributeType.Lifetime, lifetime);
        Send(transaction, ref response);
    }

    /// <summary>Reads LIFETIME (seconds, 32 bits). False when it is malformed.</summary>
    private static bool TryReadLifetime(in StunMessage message, out uint? lifetime)
    {
        lifetime = message.TryGetUInt32(StunAttributeType.Lifetime, out var seconds) ? seconds : null;
        return lifetime is not null || !message.Has(StunAttributeType.Lifetime);
    }

    /// <summary>
    /// Reads REQUESTED-ADDRESS-FAMILY or ADDITIONAL-ADDRESS-FAMILY: family (8 bits), reserved (24 bits). False when it has another length;
    /// the family may be an unknown one.
    /// </summary>
    private static bool TryReadFamily(in StunMessage message, StunAttributeType type, out IpFamily? family)
    {
        family = message.TryGetUInt32(type, out var value) ? (IpFamily)(value >> 24) : null;
        return family is not null || !message.Has(type);
    }

    /// <summary>
    /// Gets the lifetime in seconds: the requested one, from the default to the maximum (RFC 8656 §7.2), but not beyond the credential's
    /// expiry and its grace. At least a second.
    /// </summary>
    private uint GrantLifetime(uint? requested, Identity owner, Instant now)
    {
        var lifetime = long.Clamp(requested ?? 0, _settings.DefaultLifetimeSeconds, _settings.MaxLifetimeSeconds);
        return (uint)long.Max(1, long.Min(lifetime, owner.Expiry + _settings.CredentialGraceSeconds - now.UnixSeconds));
    }
}
