using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// Who signed a request, and the key that checks it. An allocation keeps the identity that made it, so that its later requests cost one HMAC instead of the
/// derivation of the key from every secret.
/// </summary>
internal sealed class Identity
{
    internal required byte[] Username { get; init; }

    internal required string Subject { get; init; }

    /// <summary>The credential's expiry in seconds since 1970 (UTC).</summary>
    internal required long Expiry { get; init; }

    internal required PasswordAlgorithm Algorithm { get; init; }

    internal required byte[] Key { get; init; }
}

/// <summary>What a response must know of its request; outlives the request's bytes while sockets are being opened.</summary>
/// <param name="Client">Who asked.</param>
/// <param name="Method">What for.</param>
/// <param name="Id">The transaction id.</param>
/// <param name="HasFingerprint">Whether FINGERPRINT was used; the response then uses it too (RFC 8489 §7.3).</param>
/// <param name="Identity">Who signed; null when the response cannot be signed.</param>
/// <param name="IsSha256">Whether MESSAGE-INTEGRITY-SHA256 was what authenticated the request; the response is signed in the same way.</param>
internal readonly record struct Transaction(
    ClientHandle Client, StunMethod Method, TransactionId Id, bool HasFingerprint, Identity? Identity = null, bool IsSha256 = false);
