using Causeway.Turn.Protocol.Relay;

namespace Causeway.Infra.Resources;

/// <summary>
/// Judges from a relay's answers, one after the other, whether it still carries a call. A browser keeps the relayed addresses that it gathered
/// for as long as its call lasts, also when the call flows directly; then nothing passes there, not even the checks of consent (RFC 7675
/// §5.1), which a path in use sends every five seconds.
/// </summary>
internal sealed class QuietRelay
{
    /// <summary>How long next to nothing must have passed: two rounds of checks of consent.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Less than two checks of consent and their responses have, in a call with one end at the relay where nobody speaks.</summary>
    public const long MostBytes = 200;

    private long _bytes = long.MaxValue;
    private TimeSpan _since;

    /// <summary>Takes an answer.</summary>
    /// <param name="use">The answer.</param>
    /// <param name="at">When it came.</param>
    /// <returns>Whether no client has a relayed address, or nothing was relayed for some time.</returns>
    public bool IsSo(RelayUse use, TimeSpan at)
    {
        if (use.Addresses == 0) return true;
        // Fewer than before: an allocation ended, and what it relayed is not in the sum any more.
        if (use.Bytes < _bytes || use.Bytes - _bytes > MostBytes) (_bytes, _since) = (use.Bytes, at);
        return at - _since >= Window;
    }
}
