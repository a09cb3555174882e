using System.Globalization;
using System.Net;

namespace Causeway.Turn.Protocol;

/// <summary>A transport address: an IP address and a port (RFC 8489 §3).</summary>
/// <param name="Ip">The address.</param>
/// <param name="Port">The port.</param>
public readonly record struct TransportAddress(IpAddress Ip, ushort Port)
{
    public IpFamily Family => Ip.Family;

    /// <summary>Reads <c>192.0.2.1:3478</c> or <c>[2001:db8::1]:3478</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TransportAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;

        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        if (!IpAddress.TryParse(bracketed ? host[1..^1] : host, out var ip) || bracketed != (ip.Family == IpFamily.IPv6)) return false;

        address = new(ip, port);
        return true;
    }

    /// <summary>Reads an address as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text isn't a transport address.</exception>
    public static TransportAddress Parse(string text) =>
        TryParse(text, out var address)
            ? address
            : throw new FormatException($"'{text}' isn't a transport address; write one such as 192.0.2.1:3478 or [2001:db8::1]:3478");

    /// <summary>Converts from the framework's type.</summary>
    public static TransportAddress From(IPEndPoint endPoint) => new(IpAddress.From(endPoint.Address), (ushort)endPoint.Port);

    /// <summary>Converts to the framework's type.</summary>
    public IPEndPoint ToIPEndPoint() => new(Ip.ToIPAddress(), Port);

    /// <summary><c>192.0.2.1:3478</c> or <c>[2001:db8::1]:3478</c>.</summary>
    public override string ToString() => Family == IpFamily.IPv6 ? $"[{Ip}]:{Port}" : $"{Ip}:{Port}";
}
