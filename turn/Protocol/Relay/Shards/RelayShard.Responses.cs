using System.Buffers.Binary;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// The shard's responses: started by <see cref="Responses"/>, completed by the handler, signed and sent here; and its indications.
/// </summary>
public sealed partial class RelayShard
{
    private readonly byte[] _response = new byte[Responses.MaxLength];

    private StunWriter Succeed(in Transaction transaction) => _responses.Succeed(_response, transaction);

    private void Refuse(in Transaction transaction, StunErrorCode code)
    {
        var response = _responses.Fail(_response, transaction, code);
        Send(transaction, ref response);
    }

    private void Challenge(in Transaction transaction, StunErrorCode code, ChallengeReason reason, Instant now)
    {
        var response = _responses.Challenge(_response, transaction, code, reason, now);
        Send(transaction, ref response);
    }

    private ReadOnlyMemory<byte> Send(in Transaction transaction, ref StunWriter response)
    {
        var message = _response.AsSpan(0, Responses.Finish(ref response, transaction)).ToArray();
        Send(transaction.Client, message);
        return message;
    }

    /// <summary>Sends an indication that was written to the same buffer; it is not signed.</summary>
    private void Send(in ClientHandle client, ref StunWriter indication)
    {
        indication.TryFinish(out var length);
        Send(client, _response.AsSpan(0, length).ToArray());
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
