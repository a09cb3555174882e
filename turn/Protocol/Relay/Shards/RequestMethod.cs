using Causeway.Turn.Protocol.Relay.Allocations;
using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;
using static Causeway.Turn.Protocol.Stun.StunAttributeType;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>A request method that the relay serves: a row of <see cref="All"/> is all that adds one.</summary>
public sealed class RequestMethod
{
    /// <summary>
    /// The comprehension-required attributes of RFC 8489 and RFC 8656. What is known and unexpected in a message is ignored in it (RFC 8489 §6.3), so every
    /// method understands these; what another document adds to a method goes into its row.
    /// </summary>
    internal static readonly StunAttributeType[] Rfc =
    [
        MappedAddress, Username, MessageIntegrity, StunAttributeType.ErrorCode, UnknownAttributes, ChannelNumber, Lifetime, XorPeerAddress, StunAttributeType.Data,
        Realm, StunAttributeType.Nonce, XorRelayedAddress, RequestedAddressFamily, EvenPort, RequestedTransport, DontFragment, MessageIntegritySha256,
        StunAttributeType.PasswordAlgorithm, Userhash, XorMappedAddress, ReservationToken,
    ];

    private static readonly RequestMethod[] Served =
    [
        // The screen answers Binding: it needs no shard.
        new(StunMethod.Binding, Rfc, handle: null),
        new(StunMethod.Allocate, Rfc, static (shard, in transaction, in message, now, allocation) => shard.HandleAllocate(transaction, message, now, allocation))
        {
            NeedsAllocation = false,
        },
        new(StunMethod.Refresh, Rfc, static (shard, in transaction, in message, now, allocation) => shard.HandleRefresh(transaction, message, now, allocation!)),
        new(StunMethod.CreatePermission, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleCreatePermission(transaction, message, now, allocation!)),
        new(StunMethod.ChannelBind, Rfc, static (shard, in transaction, in message, now, allocation) =>
            shard.HandleChannelBind(transaction, message, now, allocation!)),
    ];

    private readonly Handler? _handle;

    private RequestMethod(StunMethod method, StunAttributeType[] understood, Handler? handle) => (Method, Understood, _handle) = (method, understood, handle);

    private delegate void Handler(RelayShard shard, in Transaction transaction, in StunMessage message, Instant now, Allocation? allocation);

    /// <summary>All methods that the relay serves.</summary>
    public static IReadOnlyList<RequestMethod> All => Served;

    /// <summary>The method's number.</summary>
    public StunMethod Method { get; }

    /// <summary>The comprehension-required attributes that the relay understands in a request; any other is answered 420.</summary>
    internal StunAttributeType[] Understood { get; }

    /// <summary>Whether it is about an allocation of the client, by the credential that created it: else 437 or 441 (RFC 8656 §5).</summary>
    internal bool NeedsAllocation { get; private init; } = true;

    /// <summary>Finds a method; null when it is not served.</summary>
    internal static RequestMethod? Find(StunMethod method)
    {
        foreach (var served in Served)
        {
            if (served.Method == method) return served;
        }

        return null;
    }

    /// <summary>Carries out an authentic request.</summary>
    internal void Handle(RelayShard shard, in Transaction transaction, in StunMessage message, Instant now, Allocation? allocation) =>
        _handle!(shard, transaction, message, now, allocation);
}
