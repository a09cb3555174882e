using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Requests that <see cref="ClientScreen"/> found authentic: what all methods have in common (RFC 8656 §5).</summary>
public sealed partial class RelayShard
{
    private void HandleRequest(in Transaction transaction, in StunMessage message, Instant now)
    {
        var identity = transaction.Identity!;
        _allocations.TryGetValue(transaction.Client, out var allocation);

        // Between the screen and here an allocation may have ended, and with it the grace that its credential had.
        var isOwner = allocation is not null && identity.Username.AsSpan().SequenceEqual(allocation.Owner.Username);
        if (now.UnixSeconds >= identity.Expiry && !isOwner)
        {
            Challenge(transaction with { Identity = null }, StunErrorCode.Unauthenticated, ChallengeReason.ExpiredCredential, now);
            return;
        }

        // Revocation comes last, so that only who knows a password learns of it; and here, where no allocation can slip through beside it.
        var method = RequestMethod.Find(transaction.Method)!;
        if (_shared.Revocations.Contains(identity.Subject, now.UnixSeconds)) Refuse(transaction, StunErrorCode.Forbidden);
        // Without an allocation: 437. With other credentials than created it: 441 (RFC 8656 §5).
        else if (method.NeedsAllocation && allocation is null) Refuse(transaction, StunErrorCode.AllocationMismatch);
        else if (method.NeedsAllocation && !isOwner) Refuse(transaction, StunErrorCode.WrongCredentials);
        else method.Handle(this, transaction, message, now, allocation);
    }
}
