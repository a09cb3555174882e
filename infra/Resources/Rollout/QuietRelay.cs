using Causeway.Turn.Protocol.Relay;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>
/// Decides from a relay's answers whether it still carries a call. A browser keeps the relayed addresses that it gathered for as long as
/// its call lasts, and sends checks through them (RFC 7675 §5.1), also when the media takes another path. So addresses and STUN are not a
/// sign of a call; any other traffic is.
/// </summary>
internal sealed class QuietRelay
{
    /// <summary>
    /// How long only STUN must have passed. RTCP is sent every few seconds; a call with idle data channels sends only SCTP's heartbeat,
    /// every 30 s (RFC 9260 §16).
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(35);

    private long _bytes = -1;
    private TimeSpan _since;

    /// <summary>
    /// Takes an answer, and returns whether no client has a relayed address or only STUN was relayed for the whole window.
    /// </summary>
    /// <param name="use">The answer.</param>
    /// <param name="at">When it came.</param>
    public bool IsSo(RelayUse use, TimeSpan at)
    {
        if (use.Addresses == 0) return true;
        // The sum also changes when an allocation ends: its bytes leave the sum.
        if (use.Bytes != _bytes) (_bytes, _since) = (use.Bytes, at);
        return at - _since >= Window;
    }
}
