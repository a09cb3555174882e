using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Ice;

/// <summary>ICE servers for one client.</summary>
/// <param name="Servers">The servers, for an RTCPeerConnection.</param>
/// <param name="Expiry">When their credentials expire, in seconds since 1970 (UTC).</param>
public sealed record MintedIceServers(IReadOnlyList<IceServer> Servers, long Expiry);

/// <summary>The servers to hand out at one moment.</summary>
/// <param name="StunUrls">The STUN URLs.</param>
/// <param name="TurnUrls">The TURN URLs, the best relay's first.</param>
/// <param name="Usable">The TURN URLs of every relay that clients may keep using, including full ones.</param>
internal sealed record IceChoice(IReadOnlyList<string> StunUrls, IReadOnlyList<string> TurnUrls, IReadOnlySet<string> Usable);

/// <summary>
/// Chooses the STUN and TURN servers for clients, and mints a time-limited credential for each: the best relays that send heartbeats, or
/// those in the settings if there are none.
/// </summary>
internal sealed class IceServers
{
    private readonly RelayRegistry _relays;
    private readonly TimeProvider _time;
    // A subject must not lead back to a member: the username on the wire shows only that it belongs to one client.
    private readonly byte[] _subjectKey;
    private volatile IceOptions _options;
    private volatile string? _secret;

    public IceServers(IOptionsMonitor<SignallingOptions> settings, RelayRegistry relays, TimeProvider time)
    {
        (_relays, _time, _options) = (relays, time, settings.CurrentValue.Ice);
        _secret = IceSecrets.Current(_options);
        _subjectKey = _secret is null
            ? []
            : HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(_secret), 32, info: "causeway ice subject"u8.ToArray());
        settings.OnChange(read => Reload(read.Ice));
    }

    /// <summary>
    /// Gets when to mint again: after three quarters of the lifetime, so that a client never has credentials that are about to expire.
    /// </summary>
    public TimeSpan RenewAfter => _options.CredentialLifetime * 0.75;

    /// <summary>Chooses the servers to hand out now.</summary>
    public IceChoice Choose()
    {
        var (usable, filled) = _relays.IsOn && _relays.View() is var view ? (view.Usable, view.Filled) : ([], []);
        var kept = filled.SelectMany(relay => relay.TurnUrls);
        var settings = _options;
        if (usable.Count == 0)
            return new(settings.StunUrls, settings.TurnUrls, settings.TurnUrls.Concat(kept).ToHashSet(StringComparer.Ordinal));

        var best = usable.Take(RelayRegistry.HandedOut).ToList();
        List<string> stun = [.. best.SelectMany(relay => relay.StunUrls).Distinct()];
        return new(
            stun.Count > 0 ? stun : settings.StunUrls,
            [.. best.SelectMany(relay => relay.TurnUrls).Distinct()],
            usable.SelectMany(relay => relay.TurnUrls).Concat(kept).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Mints servers for one client.</summary>
    /// <param name="client">The member's id; it appears in the username only as an opaque keyed id.</param>
    /// <param name="choice">The servers to hand out.</param>
    public MintedIceServers Mint(string client, IceChoice choice)
    {
        var expiry = (_time.GetUtcNow() + _options.CredentialLifetime).ToUnixTimeSeconds();
        var servers = new List<IceServer>(2);
        if (choice.StunUrls.Count > 0) servers.Add(new(choice.StunUrls));
        if (choice.TurnUrls.Count > 0 && _secret is { } current)
        {
            var credentials = Credentials.Mint(current, Subject(client), expiry);
            servers.Add(new(choice.TurnUrls, credentials.Username, credentials.Password));
        }

        return new(servers, expiry);
    }

    /// <summary>Makes the relays refuse a client's credentials and end its allocations.</summary>
    public void Revoke(string client)
    {
        if (_secret is not null && _relays.IsOn)
            _relays.Revoke(new(Subject(client), (_time.GetUtcNow() + _options.CredentialLifetime).ToUnixTimeSeconds()));
    }

    // Subjects stay the same, so that credentials handed out earlier can be revoked. A service that started without a secret stays without.
    private void Reload(IceOptions read)
    {
        var secret = IceSecrets.Current(read);
        _options = read;
        if (_secret is not null && secret is not null) _secret = secret;
    }

    private string Subject(string client) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_subjectKey, Encoding.UTF8.GetBytes(client)).AsSpan(0, 16));
}
