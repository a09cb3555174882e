namespace Causeway.Turn.Protocol.Relay;

/// <summary>
/// Why a request was answered with a challenge, 401 or 438 (RFC 8489 §9.2.4). Counted by <see cref="RelayCounters.Challenges"/>.
/// </summary>
public enum ChallengeReason : byte
{
    /// <summary>401: unsigned. The first request of every client; the response tells it realm and nonce.</summary>
    Unsigned,

    /// <summary>
    /// 438: the relay never issued the nonce to this client: a NAT changed the client's address, the relay was restarted, or the nonce is
    /// forged.
    /// </summary>
    ForgedNonce,

    /// <summary>438: the nonce is too old; the signature is correct.</summary>
    StaleNonce,

    /// <summary>
    /// 401: the name or its hash is of no static user, and hasn't the form that <see cref="Credentials"/> describes.
    /// </summary>
    UnknownUsername,

    /// <summary>401: the credential has expired. When frequent: the clock of the relay or of the credential's issuer is wrong.</summary>
    ExpiredCredential,

    /// <summary>
    /// 401: no secret of the settings gives the signature, or the password of a static user is wrong. When frequent: relay and signalling
    /// have no secret in common.
    /// </summary>
    WrongSignature,

    /// <summary>
    /// 401: the client chose SHA-256, and the settings have only the MD5 key of this static user. Write the password or both keys.
    /// </summary>
    MissingKey,
}
