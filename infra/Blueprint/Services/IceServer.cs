using System.Text.Json;

namespace Causeway.Blueprint.Services;

/// <summary>One entry of a browser's <c>iceServers</c> (W3C WebRTC, RTCIceServer).</summary>
/// <param name="Urls">STUN URLs (RFC 7064) or TURN URLs (RFC 7065).</param>
/// <param name="Username">The TURN username; null for STUN.</param>
/// <param name="Credential">The TURN password; null for STUN.</param>
public sealed record IceServer(IReadOnlyList<string> Urls, string? Username = null, string? Credential = null)
{
    /// <summary>The servers as the JSON array that <c>new RTCPeerConnection({iceServers})</c> takes.</summary>
    public static string ToJson(IReadOnlyList<IceServer> servers) => JsonSerializer.Serialize(servers, SettingsJson.Format);
}
