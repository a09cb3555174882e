namespace Causeway.Turn.Protocol.Relay;

/// <summary>Why a request was answered with a challenge, 401 or 438 (RFC 8489 §9.2.4). Each is counted (<see cref="RelayCounters.Challenges"/>).</summary>
public enum ChallengeReason : byte
{
    /// <summary>401: it is not signed. Every client begins so, and learns realm and nonce from the answer.</summary>
    Unsigned,

    /// <summary>438: its nonce was never given to this client: a NAT changed the client's address, the relay was restarted, or it is invented.</summary>
    ForgedNonce,

    /// <summary>438: its nonce is too old, and its signature is right.</summary>
    StaleNonce,

    /// <summary>401: its username is not of the form that <see cref="Credentials"/> describes, or is hashed.</summary>
    UnknownUsername,

    /// <summary>401: its credential has expired. Many of them: a clock is wrong, the relay's or that of who minted the credential.</summary>
    ExpiredCredential,

    /// <summary>401: no secret of the settings gives its signature. Many of them: relay and signalling have no secret in common.</summary>
    WrongSignature,
}
