using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>
/// The user of a request and the key of its signature. An allocation keeps the identity that created it, so that its later requests cost
/// one HMAC instead of a key derivation for every secret.
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
