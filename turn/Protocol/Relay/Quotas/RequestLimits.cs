using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>What is done for one source that has no allocation, each kind counted apart. Thread-safe.</summary>
internal sealed class RequestLimits
{
    private readonly byte[] _key;

    /// <param name="settings">The relay's settings.</param>
    /// <param name="key">Random bytes, from which the keys of all hashes are derived.</param>
    internal RequestLimits(RelaySettings settings, byte[] key)
    {
        _key = key;
        Reload(settings);
    }

    /// <summary>Requests of senders that have not shown that they receive at their address.</summary>
    internal SourceLimits Challenges { get; private set; }

    /// <summary>Binding requests.</summary>
    internal SourceLimits Bindings { get; private set; }

    /// <summary>Requests with a nonce of this relay for which a key is derived, or which are refused in its stead.</summary>
    internal SourceLimits Derivations { get; private set; }

    /// <summary>Begins to count again, with the bound of other settings.</summary>
    [MemberNotNull(nameof(Challenges), nameof(Bindings), nameof(Derivations))]
    internal void Reload(RelaySettings settings)
    {
        Challenges = new(settings.Quotas.ChallengesPerAddress, HMACSHA256.HashData(_key, "challenges"u8), settings.Probes);
        Bindings = new(settings.Quotas.ChallengesPerAddress, HMACSHA256.HashData(_key, "bindings"u8), settings.Probes);
        Derivations = new(settings.Quotas.ChallengesPerAddress, HMACSHA256.HashData(_key, "derivations"u8), settings.Probes);
    }
}
