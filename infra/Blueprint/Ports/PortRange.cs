using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Causeway.Blueprint.Ports;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct PortRange(int First, int Last)
{
    /// <summary>The dynamic ports, from which a relay should take its relayed transport addresses (RFC 8656 §7.2).</summary>
    public static PortRange Dynamic { get; } = new(49152, 65535);

    public static PortRange None { get; } = new(0, -1);

    public static PortRange Of(int port) => new(port, port);

    public int Count => Last - First + 1;

    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>The number of ports in both ranges.</summary>
    public int Overlap(PortRange other) => Math.Max(0, Math.Min(Last, other.Last) - Math.Max(First, other.First) + 1);

    /// <summary>Reads <c>first-last</c>.</summary>
    /// <param name="fix">What is wrong with the text; null when it is a range.</param>
    public static bool TryParse(string text, out PortRange range, [NotNullWhen(false)] out string? fix)
    {
        range = default;
        fix = null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !TryParsePort(text.AsSpan(0, dash), out var first) || !TryParsePort(text.AsSpan(dash + 1), out var last))
            fix = "isn't a port range; write the first and the last port, like 49152-65535";
        else if (last < first)
            fix = "is empty; the last port must not be below the first";
        else
            range = new(first, last);
        return fix is null;
    }

    public override string ToString() => $"{First}-{Last}";

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
