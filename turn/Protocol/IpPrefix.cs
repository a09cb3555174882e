using System.Globalization;

namespace Causeway.Turn.Protocol;

/// <summary>An address prefix in CIDR notation, as <c>192.0.2.0/24</c> or <c>2001:db8::/32</c>.</summary>
public readonly record struct IpPrefix
{
    private readonly UInt128 _mask;

    /// <summary>A prefix of a network address and a length in bits.</summary>
    /// <exception cref="ArgumentException">The length exceeds the address, or the address has bits behind the prefix.</exception>
    public IpPrefix(IpAddress network, int length)
    {
        var bits = network.Length * 8;
        if (length < 0 || length > bits) throw new ArgumentException($"/{length} is no prefix length of {network}; 0 to {bits} are", nameof(length));

        var host = HostBits(bits - length);
        if ((network.Bits & host) != 0) throw new ArgumentException($"{network} has bits set behind /{length}", nameof(network));

        Network = network;
        Length = length;
        _mask = ~host;
    }

    /// <summary>The first address of the prefix.</summary>
    public IpAddress Network { get; }

    /// <summary>The number of leading bits that all addresses of the prefix share.</summary>
    public int Length { get; }

    /// <summary>Whether the prefix is this address alone.</summary>
    public bool IsOnly(IpAddress address) => Length == address.Length * 8 && Contains(address);

    /// <summary>Whether an address lies in the prefix; one of the other family never does.</summary>
    public bool Contains(IpAddress address) => address.Family == Network.Family && (address.Bits & _mask) == Network.Bits;

    /// <summary>Reads <c>192.0.2.0/24</c>; a bare address is the prefix of it alone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out var network)) return false;

        var bits = network.Length * 8;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits)) return false;

        if ((network.Bits & HostBits(bits - length)) != 0) return false;

        prefix = new(network, length);
        return true;
    }

    /// <summary>Reads a prefix as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text is no prefix, or has bits behind its length.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out var prefix)
            ? prefix
            : throw new FormatException($"'{text}' is no address prefix such as 192.0.2.0/24 or 2001:db8::/32 without bits behind its length");

    // A shift by the whole width leaves a number unchanged, so /0 is a case of its own.
    private static UInt128 HostBits(int count) => count == 128 ? UInt128.MaxValue : (UInt128.One << count) - 1;

    /// <summary>CIDR notation.</summary>
    public override string ToString() => $"{Network}/{Length}";
}
