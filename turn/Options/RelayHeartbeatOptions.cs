namespace Causeway.Turn.Options;

/// <summary>
/// Heartbeats to signalling: it hands the relay to clients while it is ready, and its answers may drain the relay or revoke credentials.
/// </summary>
public sealed class RelayHeartbeatOptions
{
    /// <summary>
    /// Gets the URLs of signalling's nodes, as <c>https://call.example.org</c>; without TLS (<c>http://127.0.0.1:9479</c>) on loopback
    /// only. Defaults to none: clients then get this relay only when signalling's own settings name it.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>
    /// Gets a file with the keys that sign heartbeats, one per line, the current one first. Required with <see cref="Urls"/>. It is read at
    /// start and when settings are reloaded.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>Gets the relay's unique name in the fleet: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>. Defaults to the machine's name.</summary>
    public string? Id { get; init; }

    /// <summary>Gets the relay's generation, in the same form; signalling hands out admitted generations only. Defaults to none.</summary>
    public string Generation { get; init; } = "";

    /// <summary>Gets the STUN URLs by which browsers reach this relay (RFC 7064).</summary>
    public IReadOnlyList<string> StunUrls { get; init; } = [];

    /// <summary>
    /// Gets the TURN URLs by which browsers reach this relay (RFC 7065), one for each transport. Required with <see cref="Urls"/>.
    /// </summary>
    public IReadOnlyList<string> TurnUrls { get; init; } = [];

    /// <summary>Gets the longest time between two heartbeats. Defaults to 5 seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
}
