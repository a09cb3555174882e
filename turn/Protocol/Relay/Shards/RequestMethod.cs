using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;
using static Causeway.Turn.Protocol.Stun.StunAttributeType;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>A request method that the relay supports. To add a method, add a row.</summary>
public sealed class RequestMethod
{
    /// <summary>
    /// The comprehension-required attributes of RFC 8489 and RFC 8656. Every method understands them: known but unexpected attributes are
    /// ignored (RFC 8489 §6.3). An attribute of another document goes into the rows of the methods that support it.
    /// </summary>
    internal static readonly StunAttributeType[] Rfc =
    [
        MappedAddress, Username, MessageIntegrity, StunAttributeType.ErrorCode, UnknownAttributes, ChannelNumber, Lifetime, XorPeerAddress,
        StunAttributeType.Data, Realm, StunAttributeType.Nonce, XorRelayedAddress, RequestedAddressFamily, EvenPort, RequestedTransport,
        DontFragment, MessageIntegritySha256, StunAttributeType.PasswordAlgorithm, StunAttributeType.Userhash, XorMappedAddress,
        ReservationToken,
    ];

    private static readonly RequestMethod[] Served =
    [
        // The screen answers Binding; it needs no shard.
        new(StunMethod.Binding, Rfc, handle: null),
        new(StunMethod.Allocate, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleAllocate(transaction, message, now, allocation)) { NeedsAllocation = false },
        new(StunMethod.Refresh, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleRefresh(transaction, message, now, allocation!)),
        new(StunMethod.CreatePermission, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleCreatePermission(transaction, message, now, allocation!)),
        new(StunMethod.ChannelBind, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleChannelBind(transaction, message, now, allocation!)),
        new(StunMethod.Connect, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleConnect(transaction, message, now, allocation!)) { IsOfTcp = true },
        new(
            StunMethod.ConnectionBind,
            [.. Rfc, StunAttributeType.ConnectionId],
            static (shard, in transaction, in message, now, allocation) => shard.HandleConnectionBind(transaction, message, allocation))
        {
            IsOfTcp = true,
            NeedsAllocation = false,
        },
    ];

    private readonly Handler? _handle;

    private RequestMethod(StunMethod method, StunAttributeType[] understood, Handler? handle) =>
        (Method, Understood, _handle) = (method, understood, handle);

    private delegate void Handler(
        RelayShard shard, in Transaction transaction, in StunMessage message, Instant now, Allocation? allocation);

    /// <summary>Gets all supported methods.</summary>
    public static IReadOnlyList<RequestMethod> All => Served;

    /// <summary>Gets the method's number.</summary>
    public StunMethod Method { get; }

    /// <summary>The comprehension-required attributes that are understood in a request; any other is answered 420.</summary>
    internal StunAttributeType[] Understood { get; }

    /// <summary>Whether it needs an allocation, and the credential that created it: else 437 or 441 (RFC 8656 §5).</summary>
    internal bool NeedsAllocation { get; private init; } = true;

    /// <summary>Whether it is of TCP allocations (RFC 6062), and unknown to a relay that doesn't offer them.</summary>
    internal bool IsOfTcp { get; private init; }

    /// <summary>Finds a method; null when it isn't supported.</summary>
    internal static RequestMethod? Find(StunMethod method)
    {
        foreach (var served in Served)
        {
            if (served.Method == method) return served;
        }

        return null;
    }

    /// <summary>Handles an authentic request.</summary>
    internal void Handle(RelayShard shard, in Transaction transaction, in StunMessage message, Instant now, Allocation? allocation) =>
        _handle!(shard, transaction, message, now, allocation);
}
