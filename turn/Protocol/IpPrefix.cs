using System.Globalization;

namespace Causeway.Turn.Protocol;

/// <summary>An address prefix in CIDR notation, such as <c>192.0.2.0/24</c> or <c>2001:db8::/32</c>.</summary>
public readonly record struct IpPrefix
{
    private readonly UInt128 _mask;

    /// <summary>Creates a prefix.</summary>
    /// <param name="network">The first address.</param>
    /// <param name="length">The length in bits.</param>
    /// <exception cref="ArgumentException">The length exceeds the address, or the address has bits set after the prefix.</exception>
    public IpPrefix(IpAddress network, int length)
    {
        var bits = network.Length * 8;
        if (length < 0 || length > bits)
            throw new ArgumentException($"/{length} isn't a prefix length of {network}; use 0 to {bits}", nameof(length));

        var host = HostBits(bits - length);
        if ((network.Bits & host) != 0) throw new ArgumentException($"{network} has bits set after /{length}", nameof(network));

        Network = network;
        Length = length;
        _mask = ~host;
    }

    /// <summary>Gets the first address.</summary>
    public IpAddress Network { get; }

    /// <summary>Gets the length in bits.</summary>
    public int Length { get; }

    /// <summary>Whether the prefix contains this address and no other.</summary>
    public bool IsOnly(IpAddress address) => Length == address.Length * 8 && Contains(address);

    /// <summary>Whether the prefix contains an address; it never contains one of the other family.</summary>
    public bool Contains(IpAddress address) => address.Family == Network.Family && (address.Bits & _mask) == Network.Bits;

    /// <summary>Reads <c>192.0.2.0/24</c>; a bare address is the prefix of that address alone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        prefix = default;
        var slash = text.IndexOf('/');
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out var network)) return false;

        var bits = network.Length * 8;
        var length = bits;
        if (slash >= 0)
        {
            var isNumber = int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length);
            if (!isNumber || length > bits) return false;
        }

        if ((network.Bits & HostBits(bits - length)) != 0) return false;

        prefix = new(network, length);
        return true;
    }

    /// <summary>Reads a prefix as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text isn't a prefix, or has bits set after its length.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out var prefix)
            ? prefix
            : throw new FormatException(
                $"'{text}' isn't an address prefix; write one such as 192.0.2.0/24 or 2001:db8::/32, with no bits set after its length");

    // A shift by the whole width leaves a number unchanged, so /0 is a special case.
    private static UInt128 HostBits(int count) => count == 128 ? UInt128.MaxValue : (UInt128.One << count) - 1;

    /// <summary>CIDR notation.</summary>
    public override string ToString() => $"{Network}/{Length}";
}
