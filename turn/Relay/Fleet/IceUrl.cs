using System.Text.RegularExpressions;

namespace Causeway.Relay.Fleet;

/// <summary>The forms of STUN and TURN URLs (RFC 7064 §3.1, RFC 7065 §3.1).</summary>
internal static partial class IceUrl
{
    /// <summary>Whether this is a STUN URL.</summary>
    public static bool IsStun(string url) => Stun().IsMatch(url);

    /// <summary>Whether this is a TURN URL.</summary>
    public static bool IsTurn(string url) => Turn().IsMatch(url);

    [GeneratedRegex(@"\Astuns?:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\z")]
    private static partial Regex Stun();

    [GeneratedRegex(@"\Aturns?:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\?transport=(udp|tcp))?\z")]
    private static partial Regex Turn();
}
