namespace Causeway.Signalling.Options;

/// <summary>The STUN and TURN servers that browsers get, and the secret that signs their credentials.</summary>
public sealed class IceOptions
{
    /// <summary>Gets the STUN URLs (RFC 7064), as <c>stun:relay.example.org:3478</c>.</summary>
    public IReadOnlyList<string> StunUrls { get; init; } = [];

    /// <summary>
    /// Gets the TURN URLs (RFC 7065), as <c>turn:relay.example.org:3478?transport=udp</c>; browsers get them with a credential.
    /// </summary>
    public IReadOnlyList<string> TurnUrls { get; init; } = [];

    /// <summary>
    /// Gets the secrets shared with the relay; the first one signs. At least one is required, here or in <see cref="SecretsFile"/>, when
    /// browsers get a TURN URL.
    /// </summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Gets a file with one secret per line, the current one first.</summary>
    public string? SecretsFile { get; init; }

    /// <summary>Gets the lifetime of a credential; clients get a new one before it expires. Defaults to 1 hour.</summary>
    public TimeSpan CredentialLifetime { get; init; } = TimeSpan.FromHours(1);
}
