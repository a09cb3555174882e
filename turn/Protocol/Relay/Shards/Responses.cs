using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Starts and finishes responses in a buffer of the caller, and counts them. Thread-safe.</summary>
internal sealed class Responses(RelaySettings settings, RelayShared shared, RelayCounters counters)
{
    /// <summary>
    /// The length of the longest response in bytes. UNKNOWN-ATTRIBUTES takes two bytes for each attribute of a request, which takes four or
    /// more. Everything else is below a kilobyte; the settings bound REALM and SOFTWARE.
    /// </summary>
    internal const int MaxLength = StunConstants.MaxRequestLength / 2 + 1024;

    internal StunWriter Succeed(Span<byte> buffer, in Transaction transaction)
    {
        counters.CountSuccess(transaction.Method);
        var response = new StunWriter(buffer, StunClass.SuccessResponse, transaction.Method, transaction.Id);
        if (transaction.Identity is not null && settings.Software.Length > 0) response.Add(StunAttributeType.Software, settings.Software);
        return response;
    }

    internal StunWriter Fail(Span<byte> buffer, in Transaction transaction, StunErrorCode code)
    {
        counters.CountError(code);
        var response = new StunWriter(buffer, StunClass.ErrorResponse, transaction.Method, transaction.Id);
        response.AddError(code);
        return response;
    }

    /// <summary>420 with the unknown attributes (RFC 8489 §14.13).</summary>
    internal StunWriter RefuseUnknown(Span<byte> buffer, in Transaction transaction, scoped ReadOnlySpan<StunAttributeType> types)
    {
        var response = Fail(buffer, transaction, StunErrorCode.UnknownAttribute);
        response.AddUnknownAttributes(types);
        return response;
    }

    /// <summary>401 and 438: with what the client needs to sign its next request (RFC 8489 §9.2.4).</summary>
    internal StunWriter Challenge(Span<byte> buffer, in Transaction transaction, StunErrorCode code, ChallengeReason reason, Instant now)
    {
        counters.CountChallenge(reason);
        Span<byte> nonce = stackalloc byte[Nonce.Length];
        Nonce.Write(shared.NonceKey, transaction.Client, now, nonce, shared.Settings.AnnouncesUserhash);

        var response = Fail(buffer, transaction, code);
        response.Add(StunAttributeType.Realm, settings.Realm);
        response.Add(StunAttributeType.Nonce, nonce);
        response.Add(StunAttributeType.PasswordAlgorithms, PasswordAlgorithm.Offer);
        return response;
    }

    /// <summary>Adds the same integrity attribute that the request had, and FINGERPRINT if it had one.</summary>
    /// <returns>The length of the response.</returns>
    internal static int Finish(ref StunWriter response, in Transaction transaction)
    {
        if (transaction is { Identity: { } identity, Integrity: { } integrity }) response.AddIntegrity(integrity, identity.Key);
        if (transaction.HasFingerprint) response.AddFingerprint();

        response.TryFinish(out var length);
        return length;
    }
}
