using System.Runtime.CompilerServices;

namespace Causeway.Turn.Protocol.Relay.Peers;

/// <summary>
/// The IPv4 addresses that an IPv6 address embeds. A packet to it may leave the host, or a translator or tunnel behind it, as an IPv4
/// packet, so a rule that denies an IPv4 address must deny these forms of it too.
/// </summary>
internal readonly ref struct EmbeddedIPv4
{
    // The prefixes of all forms.
    private static readonly IpPrefix Compatible = IpPrefix.Parse("::/96");              // RFC 4291 §2.5.5.1
    private static readonly IpPrefix Mapped = IpPrefix.Parse("::ffff:0:0/96");          // RFC 4291 §2.5.5.2
    private static readonly IpPrefix Translated = IpPrefix.Parse("::ffff:0:0:0/96");    // RFC 2765 §2.1
    private static readonly IpPrefix Nat64 = IpPrefix.Parse("64:ff9b::/96");            // RFC 6052 §2.1
    private static readonly IpPrefix LocalNat64 = IpPrefix.Parse("64:ff9b:1::/48");     // RFC 8215
    private static readonly IpPrefix SixToFour = IpPrefix.Parse("2002::/16");           // RFC 3056 §2
    private static readonly IpPrefix Teredo = IpPrefix.Parse("2001::/32");              // RFC 4380 §4

    private readonly Addresses _addresses;

    private EmbeddedIPv4(IpPrefix form, int count, Addresses addresses)
    {
        Form = form;
        Count = count;
        _addresses = addresses;
    }

    /// <summary>The prefix, which determines how to read the address.</summary>
    internal IpPrefix Form { get; }

    /// <summary>The number of embedded addresses; 0 for a plain address.</summary>
    internal int Count { get; }

    /// <summary>
    /// Whether the form determines the position of the IPv4 address. Under the local-use NAT64 prefix it depends on the translator's prefix
    /// length, and every position that RFC 6052 §2.2 allows is listed.
    /// </summary>
    internal bool IsCertain => Form != LocalNat64;

    /// <summary>An embedded address.</summary>
    internal IpAddress this[int index] => new(IpFamily.IPv4, _addresses[index]);

    /// <summary>Finds the addresses that an address embeds.</summary>
    internal static EmbeddedIPv4 In(IpAddress address)
    {
        if (address.Family != IpFamily.IPv6) return default;

        var bits = address.Bits;
        var found = default(Addresses);
        found[0] = (uint)bits;
        if (Mapped.Contains(address)) return new(Mapped, 1, found);
        if (Nat64.Contains(address)) return new(Nat64, 1, found);
        if (Translated.Contains(address)) return new(Translated, 1, found);
        if (Compatible.Contains(address) && bits > UInt128.One) return new(Compatible, 1, found);

        if (SixToFour.Contains(address))
        {
            found[0] = (uint)(bits >> 80);
            return new(SixToFour, 1, found);
        }

        if (Teredo.Contains(address))
        {
            // 2001:0000 | server (32) | flags (16) | client's port, inverted (16) | client's address, inverted (32)
            found[0] = (uint)(bits >> 64);
            found[1] = ~(uint)bits;
            return new(Teredo, 2, found);
        }

        if (LocalNat64.Contains(address))
        {
            // For prefixes of 96, 64, 56 and 48 bits; bits 64 to 71 are skipped (RFC 6052 §2.2).
            found[1] = (uint)(bits >> 24);
            found[2] = ((uint)(bits >> 64) << 24) | ((uint)(bits >> 32) & 0xFF_FFFF);
            found[3] = ((uint)(bits >> 64) << 16) | ((uint)(bits >> 40) & 0xFFFF);
            return new(LocalNat64, 4, found);
        }

        return default;
    }

    [InlineArray(4)]
    private struct Addresses
    {
        private uint _first;
    }
}
