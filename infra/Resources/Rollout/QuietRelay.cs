using Causeway.Turn.Protocol.Relay;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>
/// Judges from a relay's answers, one after the other, whether it still carries a call. A browser keeps the relayed addresses that it gathered
/// for as long as its call lasts, and sends checks through them (RFC 7675 §5.1), also when the call flows directly or over another relay. So
/// addresses and STUN are no sign of a call; anything else that passes is.
/// </summary>
internal sealed class QuietRelay
{
    /// <summary>
    /// How long nothing but STUN must have passed. RTCP is due every few seconds; a call that only has data channels sends nothing but SCTP's
    /// heartbeat, every 30 s (RFC 9260 §16).
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(35);

    private long _bytes = -1;
    private TimeSpan _since;

    /// <summary>Takes an answer.</summary>
    /// <param name="use">The answer.</param>
    /// <param name="at">When it came.</param>
    /// <returns>Whether no client has a relayed address, or nothing but STUN was relayed for some time.</returns>
    public bool IsSo(RelayUse use, TimeSpan at)
    {
        if (use.Addresses == 0) return true;
        // It also changes when an allocation ends: what that relayed is not in the sum any more.
        if (use.Bytes != _bytes) (_bytes, _since) = (use.Bytes, at);
        return at - _since >= Window;
    }
}
