using System.Globalization;
using System.Net;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// Reads the <c>Forwarded</c> header (RFC 7239), in which proxies name the client. The framework reads only <c>X-Forwarded-For</c>.
/// <code>
/// Forwarded: for=198.51.100.1;proto=https, for="[2001:db8::7]:4711";by=_edge
///            └────── element ───────────┘
/// </code>
/// Strict: a value that violates §4 is ignored as a whole.
/// </summary>
internal static class ForwardedHeader
{
    // Chains of proxies are short; a longer one is forged.
    private const int MostElements = 32;

    /// <summary>Reads all elements; the nearest proxy's is last.</summary>
    /// <param name="values">The header's values; several are one list (RFC 9110 §5.3).</param>
    /// <param name="nodes">The address of each element's <c>for</c>; null for <c>unknown</c>, an obfuscated name (§6.3), or none.</param>
    /// <returns>False for a malformed header.</returns>
    public static bool TryRead(IEnumerable<string?> values, out IReadOnlyList<IPAddress?> nodes)
    {
        var read = new List<IPAddress?>();
        nodes = read;
        foreach (var value in values)
        {
            var rest = value.AsSpan();
            do
            {
                SkipSpace(ref rest);
                // Empty list elements are ignored (RFC 9110 §5.6.1.2).
                if (rest.IsEmpty || rest[0] == ',') continue;
                if (!TryReadElement(ref rest, out var node) || read.Count == MostElements) return false;
                read.Add(node);
            }
            while (TrySkip(ref rest, ','));

            if (!rest.IsEmpty) return false;
        }

        return true;
    }

    // forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] ). Some proxies write a space after the semicolon.
    private static bool TryReadElement(ref ReadOnlySpan<char> rest, out IPAddress? node)
    {
        node = null;
        var names = new List<string>(4);
        do
        {
            SkipSpace(ref rest);
            if (rest.IsEmpty || rest[0] is ';' or ',') continue;
            if (!TryReadToken(ref rest, out var name) || !TrySkip(ref rest, '=') || !TryReadValue(ref rest, out var value)) return false;
            // Each parameter at most once, in any case (§4).
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase)) return false;
            names.Add(name);
            if (name.Equals("for", StringComparison.OrdinalIgnoreCase) && !TryReadNode(value, out node)) return false;
            SkipSpace(ref rest);
        }
        while (TrySkip(ref rest, ';'));

        return true;
    }

    // value = token / quoted-string
    private static bool TryReadValue(ref ReadOnlySpan<char> rest, out string value)
    {
        if (!TrySkip(ref rest, '"')) return TryReadToken(ref rest, out value);

        var text = new List<char>();
        value = "";
        while (!rest.IsEmpty)
        {
            var letter = rest[0];
            rest = rest[1..];
            if (letter == '"')
            {
                value = new([.. text]);
                return true;
            }

            if (letter == '\\')
            {
                if (rest.IsEmpty) return false;
                letter = rest[0];
                rest = rest[1..];
            }

            if (char.IsControl(letter) && letter != '\t') return false;
            text.Add(letter);
        }

        return false;
    }

    /// <summary>Reads a node (§6): an address, <c>unknown</c> or <c>_name</c>, each with a port or without.</summary>
    private static bool TryReadNode(ReadOnlySpan<char> text, out IPAddress? address)
    {
        address = null;
        var bracketed = text.StartsWith('[');
        var end = bracketed ? text.IndexOf(']') : text.IndexOf(':');
        if (bracketed && end < 0) return false;
        var name = bracketed ? text[1..end] : end < 0 ? text : text[..end];
        var behind = bracketed ? text[(end + 1)..] : end < 0 ? [] : text[end..];
        if (!behind.IsEmpty && (behind[0] != ':' || !IsPort(behind[1..]))) return false;
        if (!bracketed && (name.Equals("unknown", StringComparison.OrdinalIgnoreCase) || IsObfuscated(name))) return true;

        if (!IpAddress.TryParse(name, out var parsed) || bracketed != (parsed.Family == IpFamily.IPv6)) return false;
        address = parsed.ToIPAddress();
        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        IsObfuscated(text)
            || (text.Length is > 0 and <= 5 && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    // obfnode, obfport = "_" 1*( ALPHA / DIGIT / "." / "_" / "-" )
    private static bool IsObfuscated(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '_') return false;
        foreach (var letter in text[1..])
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-'))
                return false;
        return true;
    }

    private static bool TryReadToken(ref ReadOnlySpan<char> rest, out string token)
    {
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || "!#$%&'*+-.^_`|~".Contains(rest[length]))) length++;
        token = rest[..length].ToString();
        rest = rest[length..];
        return length > 0;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, char what)
    {
        if (rest.IsEmpty || rest[0] != what) return false;
        rest = rest[1..];
        return true;
    }

    private static void SkipSpace(ref ReadOnlySpan<char> rest) => rest = rest.TrimStart(" \t");
}
