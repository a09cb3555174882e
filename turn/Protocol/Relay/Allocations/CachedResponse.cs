using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Allocations;

/// <summary>The response to an Allocate request, sent again for its retransmissions (RFC 8489 §6.3.1).</summary>
/// <param name="Transaction">The request's transaction id.</param>
/// <param name="Response">The whole message.</param>
/// <param name="Until">The end of its use, in monotonic milliseconds.</param>
internal readonly record struct CachedResponse(TransactionId Transaction, ReadOnlyMemory<byte> Response, long Until)
{
    private const int LifetimeMilliseconds = 40_000; // RFC 8489 §6.3.1

    internal static CachedResponse Of(TransactionId transaction, ReadOnlyMemory<byte> response, Instant now) =>
        new(transaction, response, now.Milliseconds + LifetimeMilliseconds);

    internal bool Answers(TransactionId transaction, Instant now) => Transaction == transaction && now.Milliseconds < Until;
}
