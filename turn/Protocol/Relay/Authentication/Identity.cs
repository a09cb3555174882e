using System.Security.Cryptography;
using Causeway.Turn.Protocol.Relay.Users;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Authentication;

/// <summary>
/// The user of a request and the key of its signature. An allocation keeps the identity that created it, so that its later requests cost
/// one HMAC instead of a key derivation for every secret.
/// </summary>
internal sealed class Identity
{
    /// <summary>The expiry of a static user: later than any other, and far from the end of a 64-bit integer.</summary>
    internal const long Never = long.MaxValue / 2;

    internal required byte[] Username { get; init; }

    internal required string Subject { get; init; }

    /// <summary>The credential's expiry in seconds since 1970 (UTC); <see cref="Never"/> for a static user.</summary>
    internal required long Expiry { get; init; }

    internal required PasswordAlgorithm Algorithm { get; init; }

    internal required byte[] Key { get; init; }

    /// <summary>The static user; null for a time-limited credential.</summary>
    internal StaticUser? User { get; init; }

    /// <summary>Whether a request names this user.</summary>
    /// <param name="username">The value of USERNAME; empty without it.</param>
    /// <param name="userhash">The value of USERHASH, which counts without USERNAME.</param>
    internal bool IsNamed(ReadOnlySpan<byte> username, ReadOnlySpan<byte> userhash) =>
        username.IsEmpty
            ? User is not null && CryptographicOperations.FixedTimeEquals(User.Userhash, userhash)
            : Username.AsSpan().SequenceEqual(username);

    /// <summary>Whether the settings still have this static user, with the same keys; always for a time-limited credential.</summary>
    internal bool IsKnownTo(StaticUsers users) => User is null || users.Has(User);
}
