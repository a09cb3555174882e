namespace Causeway.Turn.Protocol.Relay.Peers;

/// <summary>
/// The address blocks that aren't public: the relay denies them unless its settings allow them. From the IANA special-purpose address
/// registries for IPv4 and IPv6 (RFC 6890, RFC 8190), the multicast registries and the IPv6 address space. Each row names the document that
/// reserved the block.
/// </summary>
internal static class SpecialPurposeAddresses
{
    /// <summary>A block of the table.</summary>
    /// <param name="Prefix">The block.</param>
    /// <param name="Name">Its name in the registry, or what it is.</param>
    /// <param name="Source">The document that reserved it.</param>
    internal readonly record struct Row(IpPrefix Prefix, string Name, string Source);

    /// <summary>The blocks, by family and address; a later row may lie in an earlier one.</summary>
    internal static IReadOnlyList<Row> Rows => Table;

    private static readonly Row[] Table =
    [
        Deny("0.0.0.0/8", "this network, unspecified", "RFC 791 §3.2"),
        Deny("10.0.0.0/8", "private", "RFC 1918"),
        Deny("100.64.0.0/10", "shared", "RFC 6598"),
        Deny("127.0.0.0/8", "loopback", "RFC 1122 §3.2.1.3"),
        Deny("169.254.0.0/16", "link-local; cloud metadata at 169.254.169.254", "RFC 3927"),
        Deny("172.16.0.0/12", "private", "RFC 1918"),
        Deny("192.0.0.0/24", "IETF protocol assignments", "RFC 6890 §2.1"),
        Deny("192.0.2.0/24", "documentation", "RFC 5737"),
        Deny("192.88.99.0/24", "6to4 relay anycast, deprecated", "RFC 7526"),
        Deny("192.168.0.0/16", "private", "RFC 1918"),
        Deny("198.18.0.0/15", "benchmarking", "RFC 2544"),
        Deny("198.51.100.0/24", "documentation", "RFC 5737"),
        Deny("203.0.113.0/24", "documentation", "RFC 5737"),
        Deny("224.0.0.0/4", "multicast", "RFC 5771"),
        Deny("240.0.0.0/4", "reserved", "RFC 1112 §4"),
        Deny("255.255.255.255/32", "limited broadcast", "RFC 919 §7"),

        Deny("::/128", "unspecified", "RFC 4291"),
        Deny("::1/128", "loopback", "RFC 4291"),
        Deny("64:ff9b:1::/48", "local-use NAT64", "RFC 8215"),
        Deny("100::/64", "discard-only", "RFC 6666"),
        Deny("100:0:0:1::/64", "dummy prefix", "RFC 9780"),
        Deny("2001::/23", "IETF protocol assignments: benchmarking, ORCHID and others", "RFC 2928"),
        Deny("2001:db8::/32", "documentation", "RFC 3849"),
        Deny("3fff::/20", "documentation", "RFC 9637"),
        Deny("5f00::/16", "segment routing (SRv6) SIDs", "RFC 9602"),
        Deny("fc00::/7", "unique-local; cloud metadata at fd00:ec2::254", "RFC 4193"),
        Deny("fe80::/10", "link-local", "RFC 4291"),
        Deny("fec0::/10", "site-local, deprecated", "RFC 3879"),
        Deny("ff00::/8", "multicast", "RFC 4291"),

        // Only 2000::/3 is assigned as global unicast.
        Deny("::/3", "outside global unicast", "RFC 4291 §2.4"),
        Deny("4000::/2", "outside global unicast", "RFC 4291 §2.4"),
        Deny("8000::/1", "outside global unicast", "RFC 4291 §2.4"),
    ];

    private static readonly IpPrefix LoopbackIPv4 = IpPrefix.Parse("127.0.0.0/8");
    private static readonly IpPrefix LoopbackIPv6 = IpPrefix.Parse("::1/128");

    /// <summary>Whether an address is loopback (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).</summary>
    internal static bool IsLoopback(IpAddress address) => LoopbackIPv4.Contains(address) || LoopbackIPv6.Contains(address);

    /// <summary>Whether an address lies in one of the blocks. Embedded addresses aren't checked.</summary>
    internal static bool Contain(IpAddress address)
    {
        foreach (ref readonly var row in Table.AsSpan())
        {
            if (row.Prefix.Contains(address)) return true;
        }

        return false;
    }

    private static Row Deny(string prefix, string name, string source) => new(IpPrefix.Parse(prefix), name, source);
}
