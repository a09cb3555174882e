using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>The rates of work for clients without an allocation, by source. Thread-safe.</summary>
internal sealed class RequestLimits
{
    private readonly byte[] _key;

    /// <param name="settings">The relay's settings.</param>
    /// <param name="key">Random bytes to derive the keys of the hashes from.</param>
    internal RequestLimits(RelaySettings settings, byte[] key)
    {
        _key = key;
        Reload(settings);
    }

    /// <summary>Requests of senders whose address may be spoofed.</summary>
    internal SourceLimits Challenges { get; private set; }

    /// <summary>Binding requests.</summary>
    internal SourceLimits Bindings { get; private set; }

    /// <summary>Requests with a valid nonce that need a key derivation, or are refused instead of one.</summary>
    internal SourceLimits Derivations { get; private set; }

    /// <summary>Restarts the counts with the rate of other settings.</summary>
    [MemberNotNull(nameof(Challenges), nameof(Bindings), nameof(Derivations))]
    internal void Reload(RelaySettings settings)
    {
        Challenges = new(settings.Quotas.ChallengesPerAddress, HMACSHA256.HashData(_key, "challenges"u8), settings.Probes);
        Bindings = new(settings.Quotas.ChallengesPerAddress, HMACSHA256.HashData(_key, "bindings"u8), settings.Probes);
        Derivations = new(settings.Quotas.ChallengesPerAddress, HMACSHA256.HashData(_key, "derivations"u8), settings.Probes);
    }
}
