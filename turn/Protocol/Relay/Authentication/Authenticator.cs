using System.Text;
using Causeway.Turn.Protocol.Relay.Quotas;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>The result of checking a request's credentials.</summary>
/// <param name="Error">The error to answer; 0 when the request is authentic.</param>
/// <param name="Reason">The reason of a 401 or 438.</param>
/// <param name="Identity">The user; also set for a stale nonce, because that response is signed.</param>
/// <param name="Integrity">The attribute that was checked.</param>
/// <param name="Drop">Why the request is dropped: its source has exceeded a rate.</param>
internal readonly record struct AuthenticationResult(
    StunErrorCode Error,
    ChallengeReason Reason = default,
    Identity? Identity = null,
    StunIntegrity? Integrity = null,
    DropReason? Drop = null);

/// <summary>
/// The long-term credential mechanism (RFC 8489 §9.2.4) over time-limited credentials (<see cref="Credentials"/>) and static users.
/// Thread-safe.
/// </summary>
internal sealed class Authenticator(RelaySettings settings, byte[] nonceKey, RequestLimits limits, RelayCounters counters)
{
    // Encoded once instead of for each message.
    private readonly byte[][] _secrets = [.. settings.Secrets.Select(Encoding.UTF8.GetBytes)];

    // Checked in place of the key of a static user that doesn't exist, so that the time of a response doesn't tell whether one does. A
    // signature with it is refused too.
    private static readonly byte[] Decoy = new byte[PasswordAlgorithm.MaxKeyLength];

    /// <summary>
    /// Checks a request in the order of RFC 8489 §9.2.4, except that a forged nonce is refused before a key is derived: a sender with a
    /// spoofed address never receives a nonce, and costs the relay as little as an unsigned request. Key derivations are limited by source.
    /// </summary>
    /// <param name="client">The sender.</param>
    /// <param name="message">The request.</param>
    /// <param name="now">The time.</param>
    /// <param name="owner">The identity that created the client's allocation, if it has one.</param>
    /// <param name="control">
    /// Of ConnectionBind the control connection of the same client (RFC 6062 §4.3), whose nonces serve here too.
    /// </param>
    internal AuthenticationResult Authenticate(
        in ClientHandle client, in StunMessage message, Instant now, Identity? owner, ClientHandle? control = null)
    {
        // 1. Without MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256: 401.
        var integrity = StunIntegrity.Of(message);
        if (integrity is null) return Stranger(client, now, StunErrorCode.Unauthenticated, ChallengeReason.Unsigned);

        // 2. Without USERNAME or USERHASH, REALM or NONCE: 400.
        var hasUsername = message.TryGet(StunAttributeType.Username, out var username);
        var hasUserhash = message.TryGet(StunAttributeType.Userhash, out var userhash);
        if (!hasUsername && !hasUserhash) return Stranger(client, now, StunErrorCode.BadRequest);
        if (!message.Has(StunAttributeType.Realm) || !message.TryGet(StunAttributeType.Nonce, out var nonce))
            return Stranger(client, now, StunErrorCode.BadRequest);

        // 3. Every nonce of this relay announces password algorithms. The client returns the list under its signature, or supports only
        //    MD5 and sends neither attribute: so a man in the middle can't shorten the list unnoticed. Otherwise: 400.
        if (!TryReadAlgorithm(message, out var algorithm)) return Stranger(client, now, StunErrorCode.BadRequest);

        // 4. A nonce that the relay didn't issue to this client: 438. RFC 5389 §10.2.2 checked nonces here; RFC 8489 does at the end.
        var verdict = Nonce.Check(nonceKey, nonce, client, now, settings.NonceLifetimeSeconds, settings.AnnouncesUserhash);
        if (verdict == NonceVerdict.Forged && control is { } issuedTo)
            verdict = Nonce.Check(nonceKey, nonce, issuedTo, now, settings.NonceLifetimeSeconds, settings.AnnouncesUserhash);
        if (verdict == NonceVerdict.Forged) return Stranger(client, now, StunErrorCode.StaleNonce, ChallengeReason.ForgedNonce);

        // 5. The key of the credential that created the client's allocation is known, so that no limit delays a call.
        var known = owner is not null && owner.IsNamed(username, userhash) && owner.IsKnownTo(settings.Users) ? owner : null;
        var identity = known is not null && known.Algorithm == algorithm && now.UnixSeconds < known.Expiry + settings.CredentialGraceSeconds
            && integrity.Verify(message, known.Key) ? known : null;
        if (identity is null)
        {
            // 6. Everything else needs a key derivation, or is refused instead of one.
            if (!limits.Derivations.TryTake(client, now)) return new(0, Drop: DropReason.CredentialLimit);

            // 7. An invalid username: 401. USERHASH is of static users; the name of a time-limited credential can't be found by its hash.
            // 8. A wrong MESSAGE-INTEGRITY-SHA256, or MESSAGE-INTEGRITY without it: 401.
            var reason = hasUsername && Credentials.TryReadUsername(username, out var expiry, out var subject)
                ? CheckTimeLimited(message, integrity, username, subject, expiry, algorithm, now, known, out identity)
                : CheckStatic(message, integrity, username, userhash, algorithm, out identity);
            if (identity is null) return new(StunErrorCode.Unauthenticated, reason);
        }

        // 9. A nonce that is no longer valid: 438.
        return verdict == NonceVerdict.Stale
            ? new(StunErrorCode.StaleNonce, ChallengeReason.StaleNonce, identity, integrity)
            : new(0, default, identity, integrity);
    }

    /// <summary>The result for a sender whose address may be spoofed: it hasn't shown that it receives there.</summary>
    private AuthenticationResult Stranger(in ClientHandle client, Instant now, StunErrorCode error, ChallengeReason reason = default) =>
        limits.Challenges.TryTake(client, now) ? new(error, reason) : new(0, Drop: DropReason.ChallengeLimit);

    private static bool TryReadAlgorithm(in StunMessage message, out PasswordAlgorithm algorithm)
    {
        algorithm = PasswordAlgorithm.Md5;
        var hasChosen = message.TryGet(StunAttributeType.PasswordAlgorithm, out var chosen);
        var hasOffered = message.TryGet(StunAttributeType.PasswordAlgorithms, out var offered);
        if (!hasChosen && !hasOffered) return true;
        return hasChosen && offered.SequenceEqual(PasswordAlgorithm.Offer) && PasswordAlgorithm.TryRead(chosen, out algorithm);
    }

    /// <returns>Why there is no identity.</returns>
    private ChallengeReason CheckTimeLimited(
        in StunMessage message,
        StunIntegrity integrity,
        ReadOnlySpan<byte> username,
        ReadOnlySpan<byte> subject,
        long expiry,
        PasswordAlgorithm algorithm,
        Instant now,
        Identity? known,
        out Identity? identity)
    {
        identity = null;
        var grace = known is null ? 0 : settings.CredentialGraceSeconds;
        if (now.UnixSeconds >= expiry + grace) return ChallengeReason.ExpiredCredential;

        identity = FindSigner(message, integrity, username, subject, expiry, algorithm);
        return ChallengeReason.WrongSignature;
    }

    /// <returns>Why there is no identity.</returns>
    private ChallengeReason CheckStatic(
        in StunMessage message,
        StunIntegrity integrity,
        ReadOnlySpan<byte> username,
        ReadOnlySpan<byte> userhash,
        PasswordAlgorithm algorithm,
        out Identity? identity)
    {
        identity = null;
        if (settings.Users.Count == 0) return ChallengeReason.UnknownUsername;

        var user = username.IsEmpty ? settings.Users.FindByHash(userhash) : settings.Users.Find(username);
        var key = user?.Key(algorithm);
        var isRight = integrity.Verify(message, key ?? Decoy);
        if (user is null) return ChallengeReason.UnknownUsername;
        if (key is null) return ChallengeReason.MissingKey;
        if (!isRight) return ChallengeReason.WrongSignature;

        identity = new()
        {
            Username = user.Username,
            Subject = user.Name,
            Expiry = Identity.Never,
            Algorithm = algorithm,
            Key = key,
            User = user,
        };
        return default;
    }

    private Identity? FindSigner(
        in StunMessage message,
        StunIntegrity integrity,
        ReadOnlySpan<byte> username,
        ReadOnlySpan<byte> subject,
        long expiry,
        PasswordAlgorithm algorithm)
    {
        Span<byte> password = stackalloc byte[Credentials.PasswordBytes];
        Span<byte> key = stackalloc byte[PasswordAlgorithm.MaxKeyLength];
        foreach (var secret in _secrets)
        {
            counters.CountKeyDerivation();
            Credentials.WritePassword(secret, username, password);
            var length = algorithm.WriteKey(username, settings.Realm, password, key);
            if (!integrity.Verify(message, key[..length])) continue;

            return new()
            {
                Username = username.ToArray(),
                Subject = Encoding.UTF8.GetString(subject),
                Expiry = expiry,
                Algorithm = algorithm,
                Key = key[..length].ToArray(),
            };
        }

        return null;
    }
}
