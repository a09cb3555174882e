namespace Causeway.Turn.Client;

/// <summary>One entry of a browser's <c>iceServers</c>: an RTCIceServer (WebRTC 1.0 §4.2.4).</summary>
/// <param name="Urls">STUN URLs (RFC 7064) or TURN URLs (RFC 7065).</param>
/// <param name="Username">The TURN username; null for STUN.</param>
/// <param name="Credential">The TURN password; null for STUN.</param>
public sealed record IceServer(IReadOnlyList<string> Urls, string? Username = null, string? Credential = null);
