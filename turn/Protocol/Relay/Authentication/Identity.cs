using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>
/// Who signed a request, and the key that checks it. An allocation keeps the identity that made it, so that its later requests cost one HMAC instead of the
/// derivation of the key from every secret.
/// </summary>
internal sealed class Identity
{
    internal required byte[] Username { get; init; }

    internal required string Subject { get; init; }

    /// <summary>The credential's expiry in seconds since 1970 (UTC).</summary>
    internal required long Expiry { get; init; }

    internal required PasswordAlgorithm Algorithm { get; init; }

    internal required byte[] Key { get; init; }
}
