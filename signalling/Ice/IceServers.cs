using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Ice;

/// <summary>An RTCIceServer as browsers take it (WebRTC 1.0 §4.2.4).</summary>
/// <param name="Urls">STUN or TURN URLs (RFC 7064, RFC 7065).</param>
/// <param name="Username">For TURN: the username of a time-limited credential.</param>
/// <param name="Credential">For TURN: its password.</param>
public sealed record IceServer(IReadOnlyList<string> Urls, string? Username = null, string? Credential = null);

/// <summary>What <see cref="IceServers.Mint"/> makes.</summary>
/// <param name="Servers">The servers, to be handed to an RTCPeerConnection.</param>
/// <param name="Expiry">When their credentials end, in seconds since 1970 (UTC).</param>
public sealed record MintedIceServers(IReadOnlyList<IceServer> Servers, long Expiry);

/// <summary>Makes the STUN and TURN servers that browsers are handed, with a fresh time-limited credential each time.</summary>
/// <param name="options">The URLs and how long credentials last.</param>
/// <param name="secret">The secret shared with the relay; null when no TURN URL is handed out.</param>
/// <param name="time">The clock.</param>
public sealed class IceServers(IceOptions options, string? secret, TimeProvider time)
{
    // A subject must not lead back to a member: who sees the username on the wire learns nothing but that it is one client's.
    private readonly byte[] _subjectKey = secret is null
        ? []
        : HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "causeway ice subject"u8.ToArray());

    /// <summary>When to mint again: at three quarters of the lifetime, so that a client never holds credentials about to end.</summary>
    public TimeSpan RenewAfter => options.CredentialLifetime * 0.75;

    /// <summary>Mints servers for one client.</summary>
    /// <param name="client">Whom they are for, a member's id; it appears in the username as an opaque keyed id only.</param>
    public MintedIceServers Mint(string client)
    {
        var expiry = (time.GetUtcNow() + options.CredentialLifetime).ToUnixTimeSeconds();
        var servers = new List<IceServer>(2);
        if (options.StunUrls.Count > 0) servers.Add(new(options.StunUrls));
        if (options.TurnUrls.Count > 0 && secret is not null)
        {
            var credentials = Credentials.Mint(secret, Subject(client), expiry);
            servers.Add(new(options.TurnUrls, credentials.Username, credentials.Password));
        }

        return new(servers, expiry);
    }

    private string Subject(string client) => Base64Url.EncodeToString(HMACSHA256.HashData(_subjectKey, Encoding.UTF8.GetBytes(client)).AsSpan(0, 16));
}
