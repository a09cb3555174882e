using System.Collections.Concurrent;
using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>
/// The stage before a shard: reads a client's message, answers what needs no allocation (Binding, challenges, authentication errors) and
/// authenticates requests. Thread-safe and lock-free, so that a flood from strangers doesn't delay media; costly work is limited by source
/// first.
/// </summary>
internal sealed class ClientScreen(
    RelaySettings settings,
    RelayShared shared,
    RelayCounters counters,
    Responses responses,
    ConcurrentDictionary<ClientHandle, Allocation> allocations)
{
    private static readonly StunAttributeType[] UnderstoodInIndications = RequestMethod.Rfc;

    private readonly Authenticator _authenticator = new(settings, shared.NonceKey, shared.Limits, counters);

    /// <summary>The settings that it was created with.</summary>
    internal RelaySettings Settings => settings;

    /// <summary>Reads a message, and settles it or prepares it for the shard.</summary>
    /// <param name="client">The sender.</param>
    /// <param name="bytes">The datagram, or a whole message of a stream.</param>
    /// <param name="now">The time.</param>
    /// <param name="answer">Receives the response; <see cref="Responses.MaxLength"/> bytes are enough.</param>
    /// <param name="answerLength">The length of the response; 0 for none.</param>
    internal ClientMessage Read(in ClientHandle client, ReadOnlySpan<byte> bytes, Instant now, Span<byte> answer, out int answerLength)
    {
        answerLength = 0;
        if (ChannelData.IsMatch(bytes)) return ReadChannelData(client, bytes.Length);

        var message = ReadStun(client, bytes, now, answer, out answerLength);
        if (!message.IsSettled) return message;

        counters.FromClients.AddShared(bytes.Length);
        if (answerLength > 0) counters.ToClients.AddShared(answerLength);
        return default;
    }

    /// <summary>ChannelData: of strangers it costs only a lookup.</summary>
    internal ClientMessage ReadChannelData(in ClientHandle client, int length)
    {
        if (allocations.TryGetValue(client, out var allocation))
            return new() { Kind = ClientMessageKind.ChannelData, Allocation = allocation };

        counters.FromClients.AddShared(length);
        return Drop(DropReason.NoAllocation);
    }

    private ClientMessage ReadStun(in ClientHandle client, ReadOnlySpan<byte> bytes, Instant now, Span<byte> answer, out int answerLength)
    {
        // Checks the header first: each attribute costs work, and a datagram has room for 16,000 of them.
        answerLength = 0;
        if (!StunMessage.TryReadHeader(bytes, out var @class, out var method)) return Drop(DropReason.Malformed);
        var request = @class == StunClass.Request ? RequestMethod.Find(method) : null;
        if (request is { IsOfTcp: true } && !settings.TcpAllocations) request = null;
        if (request is null && !IsServedIndication(@class, method)) return Drop(DropReason.Unexpected);

        var isSend = method == StunMethod.Send;
        allocations.TryGetValue(client, out var allocation);
        if (isSend && allocation is null) return Drop(DropReason.NoAllocation);
        if (!isSend && bytes.Length > StunConstants.MaxRequestLength) return Drop(DropReason.TooLong);
        if (!StunMessage.TryRead(bytes, out var message)) return Drop(DropReason.Malformed);
        if (!StunFingerprint.IsAbsentOrRight(message)) return Drop(DropReason.WrongFingerprint);

        if (isSend) return ReadSend(message, allocation!);
        return request is null
            ? ReadKeepalive(message)
            : ReadRequest(client, request, message, now, allocation?.Owner, answer, out answerLength);
    }

    private static bool IsServedIndication(StunClass @class, StunMethod method) =>
        @class == StunClass.Indication && method is StunMethod.Send or StunMethod.Binding;

    /// <summary>A Binding indication (RFC 8489 §2.3): it keeps a NAT's binding alive.</summary>
    private ClientMessage ReadKeepalive(in StunMessage message)
    {
        if (message.HasUnknown(UnderstoodInIndications)) return Drop(DropReason.UnknownAttribute);

        counters.CountKeepalive();
        return default;
    }

    /// <summary>A Send indication (RFC 8656 §11.2): XOR-PEER-ADDRESS and DATA are required.</summary>
    private ClientMessage ReadSend(in StunMessage message, Allocation allocation)
    {
        TransportAddress peer = default;
        var (start, length) = (-1, 0);
        var dontFragment = false;
        foreach (var attribute in message)
        {
            if (attribute.Type == StunAttributeType.XorPeerAddress && peer.Family == 0)
            {
                if (!StunAddress.TryReadXor(attribute.Value, message.TransactionId, out peer)) return Drop(DropReason.Malformed);
            }
            else if (attribute.Type == StunAttributeType.Data && start < 0)
            {
                (start, length) = (attribute.Offset + StunConstants.AttributeHeaderLength, attribute.Value.Length);
            }
            else if (attribute.Type == StunAttributeType.DontFragment)
            {
                dontFragment = true;
            }
            else if (attribute.IsComprehensionRequired && !UnderstoodInIndications.Contains(attribute.Type))
            {
                return Drop(DropReason.UnknownAttribute);
            }
        }

        if (peer.Family == 0 || start < 0) return Drop(DropReason.Malformed);
        return new()
        {
            Kind = ClientMessageKind.Send,
            Allocation = allocation,
            Peer = peer,
            DataStart = start,
            DataLength = length,
            DontFragment = dontFragment,
        };
    }

    /// <summary>
    /// A request: what all methods have in common (RFC 8489 §6.3.1, RFC 8656 §5), and Binding, which needs credentials only with RELAY-USE.
    /// Credentials are checked before unknown attributes (RFC 8489 §6.3).
    /// </summary>
    private ClientMessage ReadRequest(
        in ClientHandle client,
        RequestMethod request,
        in StunMessage message,
        Instant now,
        Identity? owner,
        Span<byte> answer,
        out int answerLength)
    {
        answerLength = 0;
        counters.CountRequest(request.Method);
        var transaction = new Transaction(client, request.Method, message.TransactionId, message.Has(StunAttributeType.Fingerprint));
        var isBinding = request.Method == StunMethod.Binding;
        if (isBinding && !message.Has(StunAttributeType.RelayUse))
        {
            if (!shared.Limits.Bindings.TryTake(client, now)) return Drop(DropReason.BindingLimit);
            if (!RefusesUnknown(transaction, request, message, answer, out answerLength)) answerLength = Bind(transaction, answer);
            return default;
        }

        ClientHandle? control = null;
        if (request.Method == StunMethod.ConnectionBind && shared.Connections.TryFind(message, out var connection))
        {
            owner = connection.Owner;
            if (client.IsStream && connection.Client.Address.Ip == client.Address.Ip) control = connection.Client;
        }

        var result = _authenticator.Authenticate(client, message, now, owner, control);
        if (result.Drop is { } reason) return Drop(reason);

        transaction = transaction with { Identity = result.Identity, Integrity = result.Integrity };
        if (result.Error != 0) answerLength = Refuse(transaction, result, now, answer);
        else if (RefusesUnknown(transaction, request, message, answer, out answerLength)) return default;
        else if (!isBinding) return new() { Kind = ClientMessageKind.Request, Transaction = transaction };
        else if (result.Identity!.Subject != Credentials.OperatorSubject)
            answerLength = Refuse(transaction, new(StunErrorCode.Forbidden), now, answer);
        else answerLength = Bind(transaction, answer, shared.Use);
        return default;
    }

    /// <summary>Binding (RFC 8489 §2): the source address of the request, and for the operator the relay's use.</summary>
    private int Bind(in Transaction transaction, Span<byte> answer, RelayUse? use = null)
    {
        var response = responses.Succeed(answer, transaction);
        response.AddXorAddress(StunAttributeType.XorMappedAddress, transaction.Client.Address);
        if (use is { } current)
        {
            Span<byte> value = stackalloc byte[RelayUse.Length];
            current.Write(value);
            response.Add(StunAttributeType.RelayUse, value);
        }

        return Responses.Finish(ref response, transaction);
    }

    private int Refuse(in Transaction transaction, in AuthenticationResult result, Instant now, Span<byte> answer)
    {
        var response = result.Error is StunErrorCode.Unauthenticated or StunErrorCode.StaleNonce
            ? responses.Challenge(answer, transaction, result.Error, result.Reason, now)
            : responses.Fail(answer, transaction, result.Error);
        return Responses.Finish(ref response, transaction);
    }

    /// <summary>Unknown comprehension-required attributes: 420 with all of them (RFC 8489 §6.3.1).</summary>
    private bool RefusesUnknown(
        in Transaction transaction, RequestMethod request, in StunMessage message, Span<byte> answer, out int answerLength)
    {
        answerLength = 0;
        Span<StunAttributeType> unknown = stackalloc StunAttributeType[message.MaxAttributes];
        var count = message.FindUnknown(request.Understood, unknown);
        if (count == 0) return false;

        var response = responses.RefuseUnknown(answer, transaction, unknown[..count]);
        answerLength = Responses.Finish(ref response, transaction);
        return true;
    }

    private ClientMessage Drop(DropReason reason)
    {
        counters.CountDrop(reason);
        return default;
    }
}
