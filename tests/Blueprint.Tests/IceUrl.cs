using System.Globalization;
using System.Text.RegularExpressions;

namespace Causeway.Blueprint.Tests;

/// <summary>Reads STUN and TURN URLs (RFC 7064, RFC 7065) without the code under test.</summary>
internal static partial class IceUrl
{
    public static (string Transport, int Port) Offer(string url)
    {
        var parts = Form().Match(url);
        Assert.True(parts.Success, $"{url} isn't a TURN URL");
        return (parts.Groups["scheme"].Value == "turns" ? "tls" : parts.Groups["transport"].Value, Port(url));
    }

    public static int Port(string url) => int.Parse(Form().Match(url).Groups["port"].Value, CultureInfo.InvariantCulture);

    public static string Host(string url) => Form().Match(url).Groups["host"].Value;

    [GeneratedRegex(@"^(?<scheme>stun|turn|turns):(?<host>\[[0-9a-f:]+\]|[^:?]+):(?<port>[0-9]+)(\?transport=(?<transport>udp|tcp))?$")]
    private static partial Regex Form();
}
