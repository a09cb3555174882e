using System.Buffers.Binary;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>Responses: begun here, filled by who answers, signed and sent here.</summary>
public sealed partial class RelayShard
{
    // REALM, NONCE and SOFTWARE are bounded by the settings; everything together stays below half of this.
    private readonly byte[] _response = new byte[2048];

    private StunWriter Succeed(in Transaction transaction)
    {
        Counters.CountSuccess(transaction.Method);
        var response = new StunWriter(_response, StunClass.SuccessResponse, transaction.Method, transaction.Id);
        if (transaction.Identity is not null && _settings.Software.Length > 0) response.Add(StunAttributeType.Software, _settings.Software);
        return response;
    }

    private StunWriter Fail(in Transaction transaction, StunErrorCode code)
    {
        Counters.CountError(code);
        var response = new StunWriter(_response, StunClass.ErrorResponse, transaction.Method, transaction.Id);
        response.AddError(code);
        return response;
    }

    private void Refuse(in Transaction transaction, StunErrorCode code)
    {
        var response = Fail(transaction, code);
        Send(transaction, ref response);
    }

    /// <summary>420 with the attributes that were not understood (RFC 8489 §14.13).</summary>
    private void RefuseUnknown(in Transaction transaction, ReadOnlySpan<StunAttributeType> types)
    {
        var response = Fail(transaction, StunErrorCode.UnknownAttribute);
        response.AddUnknownAttributes(types);
        Send(transaction, ref response);
    }

    /// <summary>401 and 438: with what the client needs to sign its next request (RFC 8489 §9.2.4).</summary>
    private void Challenge(in Transaction transaction, StunErrorCode code, Instant now)
    {
        Span<byte> nonce = stackalloc byte[Nonce.Length];
        Nonce.Write(_shared.NonceKey, transaction.Client, now, nonce);

        var response = Fail(transaction, code);
        response.Add(StunAttributeType.Realm, _settings.Realm);
        response.Add(StunAttributeType.Nonce, nonce);
        response.Add(StunAttributeType.PasswordAlgorithms, PasswordAlgorithms.Offer);
        Send(transaction, ref response);
    }

    /// <summary>Adds integrity in the way the request had it, FINGERPRINT if the request had it, and sends.</summary>
    private ReadOnlyMemory<byte> Send(in Transaction transaction, ref StunWriter response)
    {
        if (transaction is { Identity: { } identity, IsSha256: true }) response.AddMessageIntegritySha256(identity.Key);
        else if (transaction.Identity is not null) response.AddMessageIntegrity(transaction.Identity.Key);
        if (transaction.HasFingerprint) response.AddFingerprint();

        response.TryFinish(out var length);
        var message = _response.AsSpan(0, length).ToArray();
        Send(transaction.Client, message);
        return message;
    }

    private void Send(in ClientHandle client, ReadOnlyMemory<byte> message)
    {
        Counters.ToClients.Add(message.Length);
        _effects.Enqueue(new SendToClient(client, message));
    }

    /// <summary>ADDRESS-ERROR-CODE (RFC 8656 §18.12): family (8 bits), reserved (13), class (3), number (8), reason phrase.</summary>
    private static void AddAddressError(ref StunWriter response, IpFamily family, StunErrorCode code)
    {
        var reason = code.Reason();
        Span<byte> value = stackalloc byte[64];
        BinaryPrimitives.WriteUInt32BigEndian(value, ((uint)family << 24) | ((uint)code / 100 << 8) | ((uint)code % 100));
        reason.CopyTo(value[4..]);
        response.Add(StunAttributeType.AddressErrorCode, value[..(4 + reason.Length)]);
    }
}
