using System.Text.Json;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Ports;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Blueprint.Services;

/// <summary>The URLs of the STUN and TURN servers that browsers use.</summary>
/// <param name="StunUrls">STUN URLs (RFC 7064).</param>
/// <param name="TurnUrls">TURN URLs (RFC 7065), the cheapest transport first.</param>
public sealed record IcePlan(IReadOnlyList<string> StunUrls, IReadOnlyList<string> TurnUrls)
{
    /// <summary>The URLs of a relay.</summary>
    /// <param name="host">A DNS name, or a literal address.</param>
    /// <param name="transports">Its transports. The UDP port also answers STUN.</param>
    public static IcePlan For(string host, IEnumerable<TransportPort> transports)
    {
        var authority = Uri.CheckHostName(host) == UriHostNameType.IPv6 ? $"[{host.Trim('[', ']')}]" : host;
        var offered = transports.OrderBy(offer => offer.Transport).ToList();
        return new(
            [.. offered.Where(offer => offer.Transport == Transport.Udp).Select(offer => $"stun:{authority}:{offer.Port}")],
            [.. offered.Select(Turn)]);

        string Turn(TransportPort offer) =>
            $"{(offer.Transport == Transport.Tls ? "turns" : "turn")}:{authority}:{offer.Port}?transport={offer.Transport.IpProtocol()}";
    }

    /// <summary>Servers as the JSON array that <c>new RTCPeerConnection({iceServers})</c> takes.</summary>
    public static string ToJson(IReadOnlyList<IceServer> servers) => JsonSerializer.Serialize(servers, JsonFormat.Settings);

    /// <summary>The servers with a credential, for browsers.</summary>
    /// <param name="expiry">When the credential ends, in seconds since 1970 (UTC).</param>
    public IReadOnlyList<IceServer> Servers(string secret, string subject, long expiry)
    {
        var servers = new List<IceServer>();
        if (StunUrls.Count > 0) servers.Add(new(StunUrls));
        if (TurnUrls.Count > 0)
        {
            var minted = Credentials.Mint(secret, subject, expiry);
            servers.Add(new(TurnUrls, minted.Username, minted.Password));
        }
        return servers;
    }
}
