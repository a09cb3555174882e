using System.Globalization;
using System.Text.RegularExpressions;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Client;

/// <summary>A STUN URL (RFC 7064 §3.1) or a TURN URL (RFC 7065 §3.1) of a server that <see cref="TurnClient"/> can speak to.</summary>
/// <param name="Scheme"><c>stun</c>, <c>turn</c> or <c>turns</c>.</param>
/// <param name="Host">A name, or a literal address without brackets.</param>
/// <param name="Port">The port; the scheme's default when none was written.</param>
/// <param name="Transport">What client and server speak over.</param>
public sealed partial record IceUrl(string Scheme, string Host, int Port, ClientTransport Transport)
{
    /// <summary>The port of <c>stun:</c> and <c>turn:</c> URLs without one (RFC 8656 §18).</summary>
    public const int DefaultPort = 3478;

    private const int DefaultTlsPort = 5349;

    /// <summary>What a firewall sees: <c>udp</c> or <c>tcp</c>.</summary>
    public string IpProtocol => Transport == ClientTransport.Udp ? "udp" : "tcp";

    /// <summary>Whether the server relays; a STUN server only tells addresses.</summary>
    public bool Relays => Scheme != "stun";

    /// <summary>Whether a text has the form of a STUN URL: <c>stun</c> or <c>stuns</c>, host, port.</summary>
    public static bool IsStun(string text) =>
        Form().Match(text) is { Success: true } url && url.Groups["stun"].Success && !url.Groups["transport"].Success;

    /// <summary>Whether a text has the form of a TURN URL: <c>turn</c> or <c>turns</c>, host, port, transport.</summary>
    public static bool IsTurn(string text) => Form().Match(text) is { Success: true } url && !url.Groups["stun"].Success;

    /// <summary>Reads a URL.</summary>
    /// <returns>False when it is none, or needs TLS over UDP or STUN over TLS, which <see cref="TurnClient"/> doesn't speak.</returns>
    public static bool TryParse(string text, out IceUrl url)
    {
        url = new("stun", "", 0, ClientTransport.Udp);
        var parts = Form().Match(text);
        if (!parts.Success) return false;

        var (scheme, transport) = (parts.Groups["scheme"].Value.ToLowerInvariant(), parts.Groups["transport"].Value);
        var isSecure = scheme == "turns";
        if (scheme == "stuns" || (isSecure && transport == "udp")) return false;

        var host = parts.Groups["host"].Value.Trim('[', ']');
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;

        var port = isSecure ? DefaultTlsPort : DefaultPort;
        if (parts.Groups["port"] is { Success: true } written) port = int.Parse(written.Value, CultureInfo.InvariantCulture);
        if (port is < 1 or > 65535) return false;

        url = new(scheme, host, port, isSecure ? ClientTransport.Tls : transport == "tcp" ? ClientTransport.Tcp : ClientTransport.Udp);
        return true;
    }

    /// <summary>The URL as it is written in iceServers.</summary>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        var transport = Relays ? $"?transport={IpProtocol}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}:{host}:{Port}{transport}");
    }

    // scheme ":" host [ ":" port ] [ "?transport=" transport ]; an IPv6 address has brackets.
    [GeneratedRegex(
        @"\A(?<scheme>(?i:(?<stun>stuns?)|turns?)):(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:(?<port>[0-9]{1,5}))?"
        + @"(\?transport=(?<transport>udp|tcp))?\z")]
    private static partial Regex Form();
}
