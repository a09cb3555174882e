using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>What a response must know of its request; outlives the request's bytes while sockets are being opened.</summary>
/// <param name="Client">Who asked.</param>
/// <param name="Method">What for.</param>
/// <param name="Id">The transaction id.</param>
/// <param name="HasFingerprint">Whether FINGERPRINT was used; the response then uses it too (RFC 8489 §7.3).</param>
/// <param name="Identity">Who signed; null when the response cannot be signed.</param>
/// <param name="Integrity">The attribute that authenticated the request; the response is signed by the same.</param>
internal readonly record struct Transaction(
    ClientHandle Client, StunMethod Method, TransactionId Id, bool HasFingerprint, Identity? Identity = null, StunIntegrity? Integrity = null);
