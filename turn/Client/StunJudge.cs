using System.Text;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Judges the responses to requests (RFC 8489 §6.3.3, §6.3.4, §9.2.5). Pure.</summary>
internal static class StunJudge
{
    /// <exception cref="TurnException">The bytes aren't a STUN message.</exception>
    public static StunMessage Read(byte[] bytes) =>
        StunMessage.TryRead(bytes, out var message)
            ? message
            : throw new TurnException(TurnFailure.BadAnswer, "the response isn't a STUN message");

    /// <summary>True for success, false to retry with what the response taught; throws for a final error.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="bytes">The response.</param>
    /// <param name="signer">The request's signer; null for an unsigned request.</param>
    /// <param name="credential">Learns from a challenge; null when the request must not be repeated.</param>
    public static bool IsFinal(StunMethod method, byte[] bytes, RequestSigner? signer, LongTermCredential? credential)
    {
        var response = Read(bytes);
        if (response.Method != method) throw new TurnException(TurnFailure.BadAnswer, $"{method} was answered with {response.Method}");

        if (response.Class == StunClass.SuccessResponse)
        {
            if (signer is not null && !signer.Verifies(response))
            {
                throw new TurnException(
                    TurnFailure.BadAnswer,
                    $"the integrity check of the response to {method} failed; it was changed on the way, or comes from another server");
            }

            return true;
        }

        if (!response.TryGetError(out var code, out var reason))
            throw new TurnException(TurnFailure.BadAnswer, $"the error response to {method} has no valid ERROR-CODE");

        // A 401 to a signed request rejects the credential; it isn't a challenge.
        var challenge = code == StunErrorCode.StaleNonce || (code == StunErrorCode.Unauthenticated && signer is null);
        if (challenge && credential is not null && credential.TryLearn(response, signer)) return false;
        throw new TurnException(method, code, reason) { Alternate = ReadAlternate(response, code, signer) };
    }

    // Who could send an unsigned response could take over the client.
    private static TurnAlternate? ReadAlternate(in StunMessage response, StunErrorCode code, RequestSigner? signer)
    {
        if (code != StunErrorCode.TryAlternate || signer?.Verifies(response) != true) return null;
        if (!response.TryGet(StunAttributeType.AlternateServer, out var value) || !StunAddress.TryRead(value, out var server)) return null;
        return new(server, response.TryGet(StunAttributeType.AlternateDomain, out var domain) ? Encoding.UTF8.GetString(domain) : null);
    }
}
