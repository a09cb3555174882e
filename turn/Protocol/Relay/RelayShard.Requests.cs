using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>Requests: what all methods have in common (RFC 8489 §6.3.1, RFC 8656 §5), and Binding.</summary>
public sealed partial class RelayShard
{
    private const int MaxUnknownAttributes = 16;

    /// <summary>
    /// All comprehension-required attributes of RFC 8489 and RFC 8656. Those that a message has no use for are ignored in it; DONT-FRAGMENT is refused where it asks
    /// for something.
    /// </summary>
    private static readonly StunAttributeType[] Understood = [.. Enum.GetValues<StunAttributeType>().Where(type => (ushort)type < 0x8000)];

    private void HandleRequest(in ClientHandle client, in StunMessage message, Instant now)
    {
        if (message.Method is not (StunMethod.Binding or StunMethod.Allocate or StunMethod.Refresh or StunMethod.CreatePermission or StunMethod.ChannelBind))
        {
            Drop(DropReason.Unexpected);
            return;
        }

        Counters.CountRequest(message.Method);
        _allocations.TryGetValue(client, out var allocation);
        var transaction = new Transaction(client, message.Method, message.TransactionId, message.Has(StunAttributeType.Fingerprint));

        // The credentials are checked first, unknown attributes after them (RFC 8489 §6.3). Binding needs no credentials (RFC 8656 §5).
        if (message.Method != StunMethod.Binding && !TryAuthenticate(ref transaction, message, now, allocation?.Owner)) return;
        if (RefuseUnknownAttributes(transaction, message)) return;

        switch (message.Method)
        {
            case StunMethod.Binding:
                HandleBinding(transaction);
                break;
            case StunMethod.Allocate:
                HandleAllocate(transaction, message, now, allocation);
                break;
            default:
                // Without an allocation: 437. By somebody else than who made it: 441 (RFC 8656 §5).
                if (allocation is null) Refuse(transaction, StunErrorCode.AllocationMismatch);
                else if (!transaction.Identity!.Username.AsSpan().SequenceEqual(allocation.Owner.Username)) Refuse(transaction, StunErrorCode.WrongCredentials);
                else if (message.Method == StunMethod.Refresh) HandleRefresh(transaction, message, now, allocation);
                else if (message.Method == StunMethod.CreatePermission) HandleCreatePermission(transaction, message, now, allocation);
                else HandleChannelBind(transaction, message, now, allocation);
                break;
        }
    }

    /// <summary>Binding (RFC 8489 §2): where the request came from.</summary>
    private void HandleBinding(in Transaction transaction)
    {
        var response = Succeed(transaction);
        response.AddXorAddress(StunAttributeType.XorMappedAddress, transaction.Client.Address);
        Send(transaction, ref response);
    }

    private bool TryAuthenticate(ref Transaction transaction, in StunMessage message, Instant now, Identity? owner)
    {
        var result = _authenticator.Authenticate(transaction.Client, message, now, owner);
        transaction = transaction with { Identity = result.Identity, IsSha256 = result.IsSha256 };
        if (result is { Error: not 0, Identity: null } && !_shared.Challenges.TryTake(transaction.Client, now))
        {
            Drop(DropReason.ChallengeLimit);
            return false;
        }

        switch (result.Error)
        {
            case 0:
                return true;
            case StunErrorCode.Unauthenticated or StunErrorCode.StaleNonce:
                Counters.CountChallenge(result.Reason);
                Challenge(transaction, result.Error, now);
                return false;
            default:
                Refuse(transaction, result.Error);
                return false;
        }
    }

    /// <summary>Unknown comprehension-required attributes: 420 with their list (RFC 8489 §6.3.1).</summary>
    private bool RefuseUnknownAttributes(in Transaction transaction, in StunMessage message)
    {
        Span<StunAttributeType> unknown = stackalloc StunAttributeType[MaxUnknownAttributes];
        var count = message.FindUnknown(Understood, unknown);
        if (count > 0) RefuseUnknown(transaction, unknown[..count]);
        return count > 0;
    }
}
