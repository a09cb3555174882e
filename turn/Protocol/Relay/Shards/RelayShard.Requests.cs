using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Authentic requests: what all methods have in common (RFC 8656 §5).</summary>
public sealed partial class RelayShard
{
    private void HandleRequest(in Transaction transaction, in StunMessage message, Instant now)
    {
        var identity = transaction.Identity!;
        _allocations.TryGetValue(transaction.Client, out var allocation);

        // Since the screen the settings may have lost the static user.
        if (!identity.IsKnownTo(_settings.Users))
        {
            Challenge(transaction with { Identity = null }, StunErrorCode.Unauthenticated, ChallengeReason.UnknownUsername, now);
            return;
        }

        // The allocation may have ended since the screen, and with it the grace of its credential.
        var owner = allocation?.Owner;
        if (transaction.Method == StunMethod.ConnectionBind && _shared.Connections.TryFind(message, out var connection))
            owner = connection.Owner;
        var isOwner = owner is not null && identity.Username.AsSpan().SequenceEqual(owner.Username);
        if (now.UnixSeconds >= identity.Expiry && !isOwner)
        {
            Challenge(transaction with { Identity = null }, StunErrorCode.Unauthenticated, ChallengeReason.ExpiredCredential, now);
            return;
        }

        // Revocation is checked last, so that only the owner of a credential learns of it, and here, so that no allocation is created
        // alongside.
        var method = RequestMethod.Find(transaction.Method)!;
        if (_shared.Revocations.Contains(identity.Subject, now.UnixSeconds)) Refuse(transaction, StunErrorCode.Forbidden);
        // Without an allocation: 437. With other credentials than created it: 441 (RFC 8656 §5).
        else if (method.NeedsAllocation && allocation is null) Refuse(transaction, StunErrorCode.AllocationMismatch);
        else if (method.NeedsAllocation && !isOwner) Refuse(transaction, StunErrorCode.WrongCredentials);
        else method.Handle(this, transaction, message, now, allocation);
    }
}
