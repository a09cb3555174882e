using System.Globalization;
using Causeway.Blueprint;

namespace Causeway.Ops.Probes;

/// <summary>A STUN URL (RFC 7064) or a TURN URL (RFC 7065), taken apart.</summary>
/// <param name="Scheme"><c>stun</c>, <c>turn</c> or <c>turns</c>.</param>
/// <param name="Host">A name, or a literal address without brackets.</param>
/// <param name="Port">The port; the scheme's default when none was written.</param>
/// <param name="Transport">What client and server speak over.</param>
public sealed record IceUrl(string Scheme, string Host, int Port, Transport Transport)
{
    private const int TurnsPort = 5349;

    /// <summary>Whether the server relays; a STUN server only tells addresses.</summary>
    public bool Relays => Scheme != "stun";

    /// <summary>Reads a URL: <c>scheme ":" host [ ":" port ] [ "?transport=" transport ]</c> (RFC 7065 §3.1).</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(string text, out IceUrl url)
    {
        url = new("stun", "", 0, Transport.Udp);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return false;
        var scheme = text[..colon].ToLowerInvariant();
        if (scheme is not ("stun" or "turn" or "turns")) return false;

        var query = text.IndexOf('?', colon);
        var name = query < 0 ? "" : text[(query + 1)..];
        if (query >= 0 && name is not ("transport=udp" or "transport=tcp")) return false;

        // An IPv6 address stands in brackets, so that its colons and the port's differ.
        var authority = query < 0 ? text[(colon + 1)..] : text[(colon + 1)..query];
        var end = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        if (end < 0) end = authority.Length;
        var host = authority[..end].Trim('[', ']');
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;

        var port = scheme == "turns" ? TurnsPort : PortPlan.TurnPort;
        var rest = authority[end..];
        if (rest.Length > 0 && (rest[0] != ':' || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            return false;

        // `turns` over UDP would be DTLS, which nobody here speaks.
        if (scheme == "turns" && name == "transport=udp") return false;
        url = new(scheme, host, port, scheme == "turns" ? Transport.Tls : name == "transport=tcp" ? Transport.Tcp : Transport.Udp);
        return true;
    }

    /// <summary>The URL as it is written in iceServers.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var transport = !Relays ? "" : Transport == Transport.Udp ? "?transport=udp" : "?transport=tcp";
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}:{host}:{Port}{transport}");
    }
}
