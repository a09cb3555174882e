using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>What a response needs of its request. Outlives the request's bytes while sockets are being opened.</summary>
/// <param name="Client">The sender.</param>
/// <param name="Method">The method.</param>
/// <param name="Id">The transaction id.</param>
/// <param name="HasFingerprint">Whether the request has FINGERPRINT; then the response has it too (RFC 8489 §7.3).</param>
/// <param name="Identity">The user; null when the response can't be signed.</param>
/// <param name="Integrity">The attribute that authenticated the request; the response is signed with the same.</param>
internal readonly record struct Transaction(
    ClientHandle Client,
    StunMethod Method,
    TransactionId Id,
    bool HasFingerprint,
    Identity? Identity = null,
    StunIntegrity? Integrity = null);
